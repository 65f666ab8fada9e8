// Leaves a global, `Plot`; what of it the charts use is typed in plots.js.
export {};
