import type { Dispatcher } from 'undici';

/** each request that leaves, and whatever comes back, is a sign of life: a list of many pages and a slow body give one all along */
export function signsOfLife(sign: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    sign();
    return dispatch(options, {
      onRequestStart(controller, context) {
        sign();
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...upgraded) => handler.onRequestUpgrade?.(...upgraded),
      onResponseStart(...started) {
        sign();
        handler.onResponseStart?.(...started);
      },
      onResponseData(...came) {
        sign();
        handler.onResponseData?.(...came);
      },
      onResponseEnd: (...ended) => handler.onResponseEnd?.(...ended),
      onResponseError: (...broken) => handler.onResponseError?.(...broken),
    });
  };
}
