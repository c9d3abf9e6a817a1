import type { Citation } from '@salient/shared-types';
import { joinBlocks, readBlocks, readingLength, type Block } from '../markdown/read-blocks.ts';
import { toPlainText } from '../markdown/to-plain-text.ts';
import { escapeMarkdown } from '../markdown/escape-markdown.ts';
import type { Passage } from './model-provider.ts';
import { findTerms, shareOfTerms } from './question-terms.ts';
import { composeSmallTalk, listTopics } from './compose-small-talk.ts';

export interface LocalQuestion {
  question: string;
  /** Best first. */
  passages: readonly Passage[];
  /** What the agent knows about, most important first. */
  topics: readonly string[];
}

export interface LocalAnswer {
  /** Markdown. `[n]` after a quote is the citation of that index. */
  text: string;
  citations: Citation[];
}

/** A first quote of about eight lines, a second one of a sentence or two. */
const QUOTE_CHARACTERS = 700;
const RELATED_CHARACTERS = 260;
/** A second passage is worth showing when the search found it nearly as good as the first. */
const RELATED_SCORE = 0.7;

/**
 * Answers without a model: quotes the passages that match best and cites their source, or says that it does not know.
 * The same question and passages always give the same answer. It adds no word of its own to what it quotes.
 */
export function composeLocalAnswer({ question, passages, topics }: LocalQuestion): LocalAnswer {
  const smallTalk = composeSmallTalk(question, topics);
  if (smallTalk) return { text: smallTalk, citations: [] };

  const terms = findTerms(question);
  const [best, ...others] = passages.filter((passage) => isAbout(passage, terms));
  if (!best) return { text: composeUnknown(topics), citations: [] };

  const quotes = [quote(best, terms, QUOTE_CHARACTERS)];
  const related = others.find((other) => isRelated(other, best, terms));
  if (related) quotes.push(quote(related, terms, RELATED_CHARACTERS));

  const citations = quotes.map((each, index) => toCitation(each, index + 1));
  const paragraphs = quotes.map((each, index) => composeQuote(each, index + 1));
  return { text: paragraphs.join('\n\n'), citations };
}

function composeUnknown(topics: readonly string[]): string {
  const apology = "I don't know that: I found nothing about it in the pages I answer from.";
  return topics.length > 0 ? `${apology} I can answer questions about:\n\n${listTopics(topics)}` : apology;
}

/**
 * A search for any of the words also finds passages that merely share one. What counts: a word of the title or heading
 * together with half of the question or a second word, or else more than half of the question in one sentence.
 */
function isAbout({ documentTitle, section, content }: Passage, terms: ReadonlySet<string>): boolean {
  const headings = `${documentTitle} ${section ?? ''}`;
  if (shareOfTerms(terms, headings) > 0) {
    const share = shareOfTerms(terms, `${headings} ${content}`);
    return share >= 0.5 || share * terms.size >= 2;
  }
  return sentencesOf(content).some((sentence) => shareOfTerms(terms, sentence) > 0.5);
}

/** Roughly: rows of a table and items of a list count as sentences. */
function sentencesOf(markdown: string): string[] {
  return markdown.split(/[.!?:;](?=\s)|\n(?=\s*(?:\||[-*+]\s|\d+[.)]\s|\n))/);
}

/**
 * Close in score and no less about the question than the first. The introduction of a document that has just been
 * quoted would only say it again.
 */
function isRelated(other: Passage, best: Passage, terms: ReadonlySet<string>): boolean {
  if (other.section === null && other.documentTitle === best.documentTitle) return false;
  const share = (passage: Passage) => shareOfTerms(terms, `${passage.section ?? ''} ${passage.content}`);
  return other.score >= best.score * RELATED_SCORE && share(other) >= share(best) && other.content !== best.content;
}

interface Quote {
  passage: Passage;
  blocks: Block[];
}

/**
 * The part of a passage that answers: as many whole blocks as fit, from its first one, or from the one with most of the
 * question's words where the first has none. A list counts as one block, and a lead-in ("These are excluded:") keeps what it leads to.
 */
function quote(passage: Passage, terms: ReadonlySet<string>, maxCharacters: number): Quote {
  const groups = groupBlocks(readBlocks(passage.content));
  const shares = groups.map((group) => shareOfTerms(terms, joinBlocks(group)));
  const start = shares[0] === 0 ? shares.indexOf(Math.max(...shares)) : 0;
  const blocks: Block[] = [];
  let length = 0;
  for (const group of groups.slice(start)) {
    const size = readingLength(joinBlocks(group));
    if (length > 0 && length + size > maxCharacters) break;
    blocks.push(...group);
    length += size;
  }
  return { passage, blocks };
}

/** Blocks that are only understood together: the items of a list, and what ends in a colon with what follows. */
function groupBlocks(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const previous = groups.at(-1)?.at(-1);
    const continuesList = block.kind === 'list-item' && previous?.kind === 'list-item';
    if (continuesList || previous?.text.endsWith(':')) groups.at(-1)?.push(block);
    else groups.push([block]);
  }
  return groups;
}

function composeQuote({ passage, blocks }: Quote, index: number): string {
  const text = joinBlocks(blocks);
  // A marker inside a table or code would become part of it.
  const kind = blocks.at(-1)?.kind;
  const marked = kind === 'table' || kind === 'code' ? `${text}\n\n[${index}]` : `${text} [${index}]`;
  return index === 1 ? marked : `**${escapeMarkdown(passage.section ?? passage.documentTitle)}**\n\n${marked}`;
}

function toCitation({ passage, blocks }: Quote, index: number): Citation {
  const url = passage.url && /^https?:\/\//i.test(passage.url) ? passage.url : null;
  return { index, title: passage.documentTitle, section: passage.section, quote: toPlainText(joinBlocks(blocks)), url };
}
