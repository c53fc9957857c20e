import type { ToolResult } from '../../shared/host';

/** What the server sends for the page, in `_meta["dialler-mcp/report"]`: see `dialler_mcp/reporting/export/view.py`. */
export interface View {
  title: string;
  period: string;
  zone: string;
  as_of: string | null;
  language: 'de' | 'en';
  notes: string[];
  request: Request;
  figures: Figure[];
  charts: Record<string, Chart>;
  looks: Record<Theme, Spec>;
  choices: Choices;
}

/** The arguments of `dialler_report_view`. */
export interface Request extends Partial<Filters> {
  campaign_ids: number[];
  since?: string;
  until?: string;
  language?: string;
}

export interface Filters {
  days: string[];
  hours: number[];
  weekdays: number[];
  results: number[];
  agents: number[];
}

export interface Figure {
  name: string;
  label: string;
  text: string;
  value: number | null;
  n: number;
  of: number;
  unit: 'count' | 'share' | 'average' | 'seconds';
  group: string;
  headline: boolean;
}

/** A picture. Its `picks` say what a mark stands for: by the value of a field of its data, keys of a choice. */
export interface Chart {
  title: string;
  spec: Spec;
  picks: Pick[];
}

export interface Pick {
  field: string;
  by: Dimension | 'standings';
  keys: Record<string, Key[]>;
}

export type Spec = Record<string, any>;
export type Datum = Record<string, unknown>;
export type Theme = 'light' | 'dark';
export type Key = string | number;
export type Dimension = keyof Choices;

export interface Choice {
  key: string | number;
  label: string;
  count?: number;
}

export interface ResultChoice extends Choice {
  codes: number[];
}

export interface Choices {
  days: Choice[];
  hours: Choice[];
  weekdays: Choice[];
  agents: Choice[];
  campaigns: Choice[];
  results: ResultChoice[];
}

const META = 'dialler-mcp/report';

export function viewIn(result: ToolResult): View | null {
  return (result._meta?.[META] as View | undefined) ?? null;
}
