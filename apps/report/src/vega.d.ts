// The parts of Vega that the page uses, without what it does not: typed once, in `vega`.
declare module 'vega-parser' {
  export { parse } from 'vega';
}
declare module 'vega-view' {
  export { View } from 'vega';
}
declare module 'vega-dataflow' {
  export { transforms } from 'vega';
}
declare module 'vega-transforms';
declare module 'vega-view-transforms';
declare module 'vega-encode';
declare module '*.css';
declare module 'vega-util' {
  export { Error, logger } from 'vega';
}
