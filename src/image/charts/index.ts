// charts: numbers → SVG documents, and these → PNG. Pure but for renderPng.
export { barChart, type BarChartOptions, type BarSeries } from './bar-chart.ts';
export { confusionMatrixChart, type ConfusionMatrixChartOptions } from './confusion-matrix-chart.ts';
export { heatLegend, heatLegendHeightPx, type HeatLegendOptions } from './heat-legend.ts';
export { histogram, type HistogramOptions, type HistogramSeries } from './histogram.ts';
export { learningCurves, type LearningCurvePoint, type LearningCurvesOptions } from './learning-curves.ts';
export { lineChart, type LineChartOptions, type LineSeries, type ReferenceLine } from './line-chart.ts';
export { reliabilityChart, type ReliabilityChartBin, type ReliabilityChartOptions } from './reliability-chart.ts';
export { rocChart, type RocChartOptions, type RocChartSeries } from './roc-chart.ts';
export { scatterChart, type ScatterChartOptions } from './scatter-chart.ts';
export { renderPng } from './render-png.ts';
export * from './coverage-chart.ts';
