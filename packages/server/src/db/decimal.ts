import { Decimal as PrismaDecimal } from '@prisma/client/runtime/client';

/**
 * Decimal that never rounds on its own: a token count times a price has at most 30 digits, the default keeps 20.
 * A constructor of its own, because the settings of the shared one belong to Prisma.
 */
export const Decimal = PrismaDecimal.clone({ precision: 60, rounding: PrismaDecimal.ROUND_HALF_EVEN });
export type Decimal = PrismaDecimal;
