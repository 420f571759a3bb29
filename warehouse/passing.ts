const reasons = [
  'could not connect|connection time ?out|connection to server .* failed: (?!FATAL)',
  'server closed the connection|terminating connection|closed the connection unexpectedly',
  'connection (already |is |has been |was )?(lost|reset|refused|closed|timed out|terminated|broken)',
  'SSL (SYSCALL|connection)|broken ?pipe|EOF detected|communication error|timeout expired|operation timed out',
  'could not translate host name|name or service not known|temporary failure in name resolution|network is unreachable|no route to host',
  'the database system is (starting up|shutting down|in recovery|not yet accepting)|too many (clients|connections)|remaining connection slots',
  'deadlock detected|could not serialize|serializable isolation violation|concurrent (update|transaction)|conflict with concurrent|could not obtain lock',
  // races with DDL, of the catalog's views included
  'could not open relation with OID|cache lookup failed|tuple concurrently updated',
  'throttl|rate exceeded|slow ?down|service unavailable|ExpiredToken',
];

const passing = new RegExp(reasons.join('|'), 'i');

/** whether trying again is worth it, by what servers and drivers say, to the Data API or to dbt; `besides`: what else they say then */
export function isPassing(message: string, besides?: RegExp): boolean {
  // what is quoted is somebody's name for something
  const own = message.replace(/"[^"\n]*"/g, '""');
  return passing.test(own) || besides?.test(own) === true;
}
