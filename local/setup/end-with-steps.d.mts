export function endWithSteps(): () => void;
