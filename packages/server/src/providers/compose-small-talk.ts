import { escapeMarkdown } from '../markdown/escape-markdown.ts';

type SmallTalk = 'greeting' | 'mood' | 'thanks' | 'farewell' | 'identity' | 'ability';

/** The whole message must be one of these: "hello, where is my order?" is a question. */
const SMALL_TALK: Record<SmallTalk, RegExp> = {
  greeting: wholeMessage(
    'h(?:i|ello|ey|iya|owdy)|good (?:morning|afternoon|evening|day)|greetings|hallo|hola|bonjour|ciao|yo',
  ),
  mood: wholeMessage('how are (?:you|things)(?: doing)?|how is it going|how do you do|what is up|nice to meet you'),
  thanks: wholeMessage(
    '(?:many |ok |okay |great |perfect )?(?:thanks|thank you|thx|ty|cheers)(?: (?:so|very) much| a lot| for (?:the|your) help)?|(?:ok|okay|great|perfect|cool|got it|awesome|nice)',
  ),
  farewell: wholeMessage(
    '(?:good ?)?bye(?: bye)?|good night|see you(?: later| soon)?|have a (?:nice|good|great) (?:day|evening|weekend)',
  ),
  identity: wholeMessage(
    '(?:who|what) are you|what is your name|are you (?:there|real|human|(?:a |an )?(?:(?:real |human |live )?(?:person|human|agent)|robot|bot|ai|machine|chatbot|language model|llm|chatgpt|gpt|claude))|(?:am i|is this) (?:talking to |chatting with )?(?:a |an )?(?:(?:real |human |live )?(?:person|human|agent)|robot|bot|ai|machine|chatbot)|who am i (?:talking|speaking|chatting) (?:to|with)|which (?:ai |language )?model are you',
  ),
  ability: wholeMessage(
    'help(?: me)?(?: please)?|what can (?:you|i) (?:do|ask|help(?: me)?(?: with)?|answer|ask you)(?: about| for me)?|how can you help(?: me)?|can you help(?: me)?|what do you (?:do|know)(?: about)?|how does this work|what is this',
  ),
};

/** A short honest reply to a message that asks nothing, or null when it asks something. */
export function composeSmallTalk(message: string, topics: readonly string[]): string | null {
  const words = normalise(message);
  const kinds = Object.keys(SMALL_TALK) as SmallTalk[];
  const kind = kinds.find((each) => SMALL_TALK[each].test(words)) ?? findAfterGreeting(words, kinds);
  return kind ? REPLIES[kind](topics) : null;
}

/** At most six, as a Markdown list. */
export function listTopics(topics: readonly string[]): string {
  return topics
    .slice(0, 6)
    .map((topic) => `- ${escapeMarkdown(topic)}`)
    .join('\n');
}

const REPLIES: Record<SmallTalk, (topics: readonly string[]) => string> = {
  greeting: (topics) =>
    withTopics('Hello! Ask me a question, and I will answer from the pages I have been given', topics),
  mood: (topics) => withTopics('All in order here. I answer questions from the pages I have been given', topics),
  thanks: () => 'You are welcome.',
  farewell: () => 'Goodbye, and thank you for your visit.',
  identity: (topics) =>
    withTopics(
      'I am an automated assistant, not a person and not a language model: I quote the pages I have been given and name the source',
      topics,
    ),
  ability: (topics) => withTopics('I find the passage that answers your question and quote it with its source', topics),
};

function withTopics(sentence: string, topics: readonly string[]): string {
  return topics.length > 0 ? `${sentence}. I know about:\n\n${listTopics(topics)}` : `${sentence}.`;
}

/** "Hi there, who are you?": what follows the greeting counts. */
function findAfterGreeting(words: string, kinds: readonly SmallTalk[]): SmallTalk | undefined {
  const rest = words.replace(
    /^(?:hi|hello|hey|thanks|thank you|ok|okay|good morning|good afternoon|good evening)(?: there| all| everyone)? /,
    '',
  );
  return rest === words ? undefined : kinds.find((kind) => SMALL_TALK[kind].test(rest));
}

function wholeMessage(phrases: string): RegExp {
  return new RegExp(`^(?:${phrases})(?: (?:there|all|everyone|team|again|today|now|please|then))?$`);
}

function normalise(message: string): string {
  return message
    .slice(0, 200)
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\b(what|who|how|it|this)'s\b/g, '$1 is')
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
}
