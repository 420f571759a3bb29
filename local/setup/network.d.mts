export function soundsLikeNoNetwork(output: string): boolean;
