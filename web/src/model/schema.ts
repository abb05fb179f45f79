// SPDX-License-Identifier: MIT
// The published JSON schema of board files, as far as a form needs it.

export interface Schema {
    type?: string;
    description?: string;
    examples?: unknown[];
    enum?: string[];
    anyOf?: Schema[];
    items?: Schema;
    properties?: Record<string, Schema>;
    required?: string[];
    pattern?: string;
    maxLength?: number;
    minimum?: number;
    maximum?: number;
    additionalProperties?: boolean | Schema;
}

export type Kind = 'choice' | 'flags' | 'object' | 'list' | 'switch' | 'number' | 'text';

/** What kind of field a form shows for it. */
export function kindOf(schema: Schema): Kind {
    if (schema.enum !== undefined) {
        return 'choice';
    }
    if (schema.anyOf !== undefined || schema.type === 'integer') {
        return 'number';
    }
    if (schema.type === 'array') {
        return schema.items?.enum !== undefined ? 'flags' : 'list';
    }
    if (schema.type === 'object') {
        return 'object';
    }
    return schema.type === 'boolean' ? 'switch' : 'text';
}

/** A value to begin with: the schema's example where it has one. */
export function beginning(schema: Schema): unknown {
    if (kindOf(schema) === 'object') {
        const entries = Object.entries(schema.properties ?? {}).filter(([key]) => schema.required?.includes(key));
        return Object.fromEntries(entries.map(([key, inner]) => [key, beginning(inner)]));
    }
    return schema.examples?.[0] ?? schema.enum?.[0] ?? (kindOf(schema) === 'switch' ? false : '');
}

/** "supply_mv" as "Supply (mV)", "hse_hz" as "HSE (Hz)". */
export function label(key: string): string {
    const unit = /_(mv|hz|ms|us|bytes|kb)$/.exec(key)?.[1];
    const bare = unit === undefined ? key : key.slice(0, -unit.length - 1);
    const units: Record<string, string> = { mv: 'mV', hz: 'Hz', ms: 'ms', us: 'µs', bytes: 'bytes', kb: 'KB' };
    const words = bare.split('_').map(word => (ACRONYMS.has(word) ? word.toUpperCase() : word)).join(' ');
    const text = words.charAt(0).toUpperCase() + words.slice(1);
    return unit === undefined ? text : `${text} (${units[unit]})`;
}

const ACRONYMS = new Set(['hse', 'hclk', 'led', 'uart', 'usb', 'id', 'tx', 'rx', 'vid', 'pid', 'dm', 'dp', 'qspi',
    'spi', 'cs', 'rdp', 'wrp', 'iwdg']);
