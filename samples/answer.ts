export interface Answer {
  status: number;
  type: string;
  body: string | Buffer;
}

export const plain = (status: number, text: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
});
