/** Pictures of results, as plain data: they go into events, reports and files. Code that draws them knows none of these. */
import * as Schema from "effect/Schema"

const fields = {
  /** A caption. */
  title: Schema.String,
  /** A text alternative for people who can't see it. Default: the title. */
  description: Schema.optionalKey(Schema.String),
  /** A whole SVG document that needs no other file and no script, and is readable on light and on dark ground. */
  svg: Schema.String
}
export interface FigureSchema extends Schema.Struct<typeof fields> {}
/** A picture with its title. */
export const Figure: FigureSchema = Schema.Struct(fields)
export interface Figure extends Schema.Schema.Type<FigureSchema> {}

/** A metric's figure, with the name under which the task reports the metric. */
export interface MetricFigure extends Figure {
  readonly metric: string
}
export const MetricFigure: Schema.Codec<MetricFigure> = Schema.Struct({ metric: Schema.String, ...fields })
