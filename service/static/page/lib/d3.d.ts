// Leaves a global, `d3`; what of it the charts use is typed in plots.js.
export {};
