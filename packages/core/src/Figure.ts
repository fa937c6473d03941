/** Pictures of results, as plain data: they go into events, reports and files. What draws them knows nothing of these. */
import * as Schema from "effect/Schema"

/** A picture with its title. */
export const Figure = Schema.Struct({
  /** What is shown, for a caption. */
  title: Schema.String,
  /** What there is to see, in words, for people who don't see it; the title alone when absent. */
  description: Schema.optionalKey(Schema.String),
  /** A whole SVG document that needs no other file and no script, and is readable on light and on dark ground. */
  svg: Schema.String
})
export type Figure = typeof Figure.Type

/** A metric's figure, with the name under which the task reports the metric. */
export const MetricFigure = Schema.Struct({ metric: Schema.String, ...Figure.fields })
export type MetricFigure = typeof MetricFigure.Type
