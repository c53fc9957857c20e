/** The words of the card itself; what the job is called, its states and reasons come with it. */
const WORDS = {
  en: {
    job: 'Job',
    progress: 'Progress',
    rows: (count: number): string => (count === 1 ? 'row' : 'rows'),
    frozen: 'not confirmed yet',
    of: 'of',
    finished: 'Finished',
    rate: 'Rate',
    perSecond: 'rows a second',
    left: 'Time left',
    took: 'Took',
    about: (time: string) => `about ${time}`,
    notKnown: 'not known yet',
    outcomes: 'Outcome',
    outcome: { done: 'done', left: 'left out', failed: 'failed', unknown: 'unknown', to_do: 'to do' },
    control: { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' },
    wished: { pause: 'Pausing: requests under way end first.', resume: 'Resuming.', cancel: 'Cancelling: requests under way end first.' },
    again: 'Really cancel',
    sure: 'Press again to cancel the job. What is done stays done.',
    undo: 'Undo the job',
    undoing: (job: number) => `Undo job ${job}.`,
    asked: 'Passed on to the conversation. Nothing is undone before you have seen a preview and confirmed it.',
    say: (job: number) => `Say in the conversation: “Undo job ${job}.” You will see a preview first.`,
    odd: 'Rows to look at',
    more: (count: number) => `Show ${count} more`,
    notAll: (count: number) => `Only the first ${count} are here.`,
    facts: 'About this job',
    failed: 'That did not work: ',
    silent: 'There was no answer.',
    stale: 'How far the job is could not be read; trying again.',
    nothing: 'This host passed no data on to the card. Ask for the job again.',
    cancelled: 'The question was cancelled.',
    isNow: (job: number, state: string, rows: string) => `Job ${job}: ${state}, ${rows}.`,
  },
  de: {
    job: 'Auftrag',
    progress: 'Fortschritt',
    rows: (count: number): string => (count === 1 ? 'Zeile' : 'Zeilen'),
    frozen: 'noch nicht bestätigt',
    of: 'von',
    finished: 'Fertig',
    rate: 'Tempo',
    perSecond: 'Zeilen je Sekunde',
    left: 'Restzeit',
    took: 'Dauer',
    about: (time: string) => `etwa ${time}`,
    notKnown: 'noch nicht bekannt',
    outcomes: 'Ergebnis',
    outcome: { done: 'ausgeführt', left: 'ausgelassen', failed: 'gescheitert', unknown: 'Ausgang unbekannt', to_do: 'noch offen' },
    control: { pause: 'Anhalten', resume: 'Fortsetzen', cancel: 'Abbrechen' },
    wished: {
      pause: 'Wird angehalten; laufende Anfragen enden vorher.',
      resume: 'Wird fortgesetzt.',
      cancel: 'Wird abgebrochen; laufende Anfragen enden vorher.',
    },
    again: 'Wirklich abbrechen',
    sure: 'Noch einmal drücken, um den Auftrag abzubrechen. Was ausgeführt ist, bleibt.',
    undo: 'Auftrag zurücknehmen',
    undoing: (job: number) => `Bitte nehmen Sie Auftrag ${job} zurück.`,
    asked: 'An das Gespräch übergeben. Zurückgenommen wird erst, wenn Sie die Vorschau gesehen und bestätigt haben.',
    say: (job: number) => `Schreiben Sie im Gespräch: „Auftrag ${job} zurücknehmen.“ Vorher sehen Sie eine Vorschau.`,
    odd: 'Auffällige Zeilen',
    more: (count: number) => `${count} weitere zeigen`,
    notAll: (count: number) => `Hier stehen nur die ersten ${count}.`,
    facts: 'Zu diesem Auftrag',
    failed: 'Das ging nicht: ',
    silent: 'Es kam keine Antwort.',
    stale: 'Der Stand ließ sich nicht lesen; es wird noch einmal versucht.',
    nothing: 'Dieses Programm hat der Karte keine Daten übergeben. Bitte den Auftrag noch einmal ansehen.',
    cancelled: 'Die Frage wurde abgebrochen.',
    isNow: (job: number, state: string, rows: string) => `Auftrag ${job}: ${state}, ${rows}.`,
  },
};

export type Language = keyof typeof WORDS;
export type Words = (typeof WORDS)['en'];

export function wordsIn(language: Language): Words {
  return WORDS[language];
}

export function languageOf(locale: string | undefined): Language {
  return (locale ?? navigator.language).toLowerCase().startsWith('de') ? 'de' : 'en';
}

/** `4 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
