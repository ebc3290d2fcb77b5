import { useTranslate } from './translate.ts';

/** A moment: hours may lie between it and the look at it. */
export function Time({ at }: { readonly at: number }) {
  const t = useTranslate();
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(t('lang'), {
    timeStyle: 'short',
    ...(!isToday && { dateStyle: 'medium' }),
  });
  return <time dateTime={date.toISOString()}>{format.format(date)}</time>;
}
