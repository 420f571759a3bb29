import { ServiceError } from './errors.js';

interface LogEvent {
  timestamp: number;
  message: string;
  ingestionTime: number;
}

interface Stream {
  name: string;
  creationTime: number;
  events: LogEvent[];
}

type Input = Record<string, unknown>;

const missing = (what: string) =>
  new ServiceError('ResourceNotFoundException', `The specified log ${what} does not exist.`);
const exists = (what: string) =>
  new ServiceError('ResourceAlreadyExistsException', `The specified log ${what} already exists`);
const invalid = (message: string) => new ServiceError('InvalidParameterException', message);

/** of one request */
const mostEvents = 10_000;
const mostBytes = 1_048_576;
/** ms; a batch may not span more, and an event may not be older or younger */
const oldest = 14 * 86_400_000;
const youngest = 2 * 3_600_000;

/** CloudWatch Logs, in memory: groups, streams, and what tasks wrote */
export function logs() {
  const groups = new Map<string, Map<string, Stream>>();

  const groupOf = ({ logGroupName }: Input) => {
    const group = groups.get(String(logGroupName));
    if (!group) throw missing('group');
    return group;
  };
  const streamOf = (input: Input) => {
    const stream = groupOf(input).get(String(input['logStreamName']));
    if (!stream) throw missing('stream');
    return stream;
  };

  function createGroup(input: Input): object {
    const name = String(input['logGroupName']);
    if (!/^[\w\-/.#]{1,512}$/.test(name))
      throw invalid(`1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint`);
    if (groups.has(name)) throw exists('group');
    groups.set(name, new Map());
    return {};
  }

  function createStream(input: Input): object {
    const group = groupOf(input);
    const name = String(input['logStreamName']);
    if (group.has(name)) throw exists('stream');
    group.set(name, { name, creationTime: Date.now(), events: [] });
    return {};
  }

  function put(input: Input): object {
    const { events } = streamOf(input);
    const given = input['logEvents'] as { timestamp: number; message: string }[];
    if (!Array.isArray(given) || given.length === 0) throw invalid('logEvents must have at least one event');
    if (given.length > mostEvents) throw invalid('logEvents can have at most 10000 events');
    const bytes = given.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
    if (bytes > mostBytes) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${mostBytes}`);
    if (given.some(({ timestamp }, at) => at > 0 && timestamp < (given[at - 1]?.timestamp ?? 0)))
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    const now = Date.now();
    const old = given.filter(({ timestamp }) => timestamp < now - oldest).length;
    const young = given.findIndex(({ timestamp }) => timestamp > now + youngest);
    const taken = given.slice(old, young < 0 ? undefined : young);
    events.push(...taken.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: now })));
    const rejected = {
      ...(old > 0 && { tooOldLogEventEndIndex: old }),
      ...(young >= 0 && { tooNewLogEventStartIndex: young }),
    };
    return {
      nextSequenceToken: String(events.length),
      ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
    };
  }

  /** tokens say where in the stream a page begins: `f/` behind it, `b/` before it */
  function get(input: Input): object {
    const { events } = streamOf(input);
    const {
      limit = mostEvents,
      startFromHead = false,
      nextToken,
      startTime,
      endTime,
    } = input as {
      limit?: number;
      startFromHead?: boolean;
      nextToken?: string;
      startTime?: number;
      endTime?: number;
    };
    if (!(limit >= 1 && limit <= mostEvents)) throw invalid('limit must be between 1 and 10000');
    const [, way, place] = /^([fb])\/(\d+)$/.exec(nextToken ?? '') ?? [];
    if (nextToken !== undefined && place === undefined) throw invalid('The specified nextToken is invalid.');
    const at = place === undefined ? (startFromHead ? 0 : Math.max(0, events.length - limit)) : Number(place);
    const from = way === 'b' ? Math.max(0, at - limit) : at;
    const to = fitting(events, from, way === 'b' ? at : Math.min(events.length, from + limit));
    const page = events
      .slice(from, to)
      .filter(({ timestamp }) => timestamp >= (startTime ?? 0) && timestamp < (endTime ?? Infinity));
    return { events: page, nextForwardToken: `f/${to}`, nextBackwardToken: `b/${from}` };
  }

  return {
    groupOf: (name: string) => groups.has(name),
    createGroup,
    createStream,
    put,
    operations: {
      CreateLogGroup: createGroup,
      CreateLogStream: createStream,
      PutLogEvents: put,
      GetLogEvents: get,
      DescribeLogGroups: ({ logGroupNamePrefix = '' }: Input) => ({
        logGroups: [...groups.keys()]
          .filter((name) => name.startsWith(String(logGroupNamePrefix)))
          .map((logGroupName) => ({ logGroupName })),
      }),
      DescribeLogStreams: ({ logStreamNamePrefix: prefix, ...input }: Input) => ({
        logStreams: [...groupOf(input).values()]
          .filter(({ name }) => typeof prefix !== 'string' || name.startsWith(prefix))
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, creationTime, events }) => ({
            logStreamName: name,
            creationTime,
            ...(events[0] && {
              firstEventTimestamp: events[0].timestamp,
              lastEventTimestamp: events.at(-1)?.timestamp,
            }),
          })),
      }),
    } as Record<string, (input: Input) => object>,
  };
}

export type Logs = ReturnType<typeof logs>;

/** a page has at most a mebibyte */
function fitting(events: LogEvent[], from: number, to: number): number {
  let bytes = 0;
  for (let at = from; at < to; at++) {
    bytes += Buffer.byteLength(events[at]?.message ?? '') + 26;
    if (bytes > mostBytes && at > from) return at;
  }
  return to;
}
