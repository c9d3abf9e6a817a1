import type { StateTexts } from './widget-states.ts';

export const englishTexts: StateTexts = {
  question: 'Do you ship to Norway, and how long does that take?',
  answer: `Yes. We ship to **38 countries**, Norway among them [1]:

| Country | Days | By post | By courier |
| --- | ---: | --- | --- |
| Norway | 4 | € 9.00 | € 19.00 |
| Iceland | 6 | € 12.00 | € 24.00 |

1. Choose your country.
2. Pay:
   - by card
   - by invoice
3. Follow the parcel.

\`\`\`js
const parcel = await ship({ to: 'NO', express: true });
\`\`\`

See [our shipping page](https://example.com/shipping) [2].`,
  config: {},
};

/** Right to left, with pieces in it that are not. */
export const arabicTexts: StateTexts = {
  question: 'هل تشحنون إلى النرويج، وكم يستغرق ذلك؟',
  answer: `نعم، نشحن إلى **38 دولة**، ومنها النرويج:

| الدولة | الأيام | بالبريد |
| --- | ---: | --- |
| النرويج | 4 | 9 يورو |
| آيسلندا | 6 | 12 يورو |

1. اختر دولتك.
2. ادفع بالبطاقة.

\`\`\`js
const parcel = await ship({ to: 'NO' });
\`\`\`

This paragraph is in English, and keeps its direction.`,
  config: {
    title: 'متجر النورس',
    subtitle: 'نجيب خلال ثوانٍ',
    greeting: 'مرحبًا! اسألني عن الإرجاع أو التوصيل أو طلبك.',
    starters: ['ما هي سياسة الإرجاع؟', 'هل تشحنون إلى الخارج؟'],
  },
};
