// What the page uses of ts-fsrs, for the type check.

export enum Rating {
  Manual = 0,
  Again = 1,
  Hard = 2,
  Good = 3,
  Easy = 4,
}
export enum State {
  New = 0,
  Learning = 1,
  Review = 2,
  Relearning = 3,
}
export interface CardInput {
  due: Date | string;
  last_review?: Date | string | null;
  stability: number;
  difficulty: number;
  elapsed_days: number;
  scheduled_days: number;
  learning_steps: number;
  reps: number;
  lapses: number;
  state: State;
}
export interface Card extends CardInput {
  due: Date;
  last_review: Date;
}
export function createEmptyCard(now: Date): Card;
export function fsrs(options: {
  request_retention: number;
  maximum_interval: number;
  enable_fuzz: boolean;
}): {
  next(card: CardInput, now: Date, rating: Rating): { card: Card };
  get_retrievability(card: CardInput, now: Date, formatted: false): number;
};
