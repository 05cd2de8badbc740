//! What was typed and not sent, per session, per what was shown and, with accounts, per person. Invariant: nothing typed is lost by leaving,
//! reloading, expiry or somebody else's answer. Neighbours: `routes/request/desk.ts` reads and writes it.
import { identity } from "./me";
import { preferences } from "./preferences";

export interface Draft {
  value: unknown;
  comment: string;
  savedAt: number;
}

const STORE = "drafts";
const KEEP = 30 * 24 * 3600_000;
/** Where the browser forbids storage the page still keeps drafts until it is closed. */
const memory = new Map<string, Draft>();
let opening: Promise<IDBDatabase | null> | undefined;

function database(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("askwell", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

function ask<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  return database().then(
    (db) =>
      new Promise((resolve) => {
        if (!db) return resolve(undefined);
        const request = act(db.transaction(STORE, mode).objectStore(STORE));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(undefined);
      }),
  );
}

/** Whoever signs in after somebody else does not find their words. */
const key = (id: string, hash: string) => `${identity().part ? `${preferences().name} ` : ""}${id} ${hash}`;

export async function readDraft(id: string, hash: string): Promise<Draft | undefined> {
  return memory.get(key(id, hash)) ?? (await ask<Draft>("readonly", (store) => store.get(key(id, hash))));
}

export function writeDraft(id: string, hash: string, draft: Draft): void {
  memory.set(key(id, hash), draft);
  void ask("readwrite", (store) => store.put(draft, key(id, hash)));
}

export function dropDraft(id: string, hash: string): void {
  memory.delete(key(id, hash));
  void ask("readwrite", (store) => store.delete(key(id, hash)));
}

/** Lets go of what nobody came back to for a month. */
export async function tidyDrafts(present = Date.now()): Promise<void> {
  const keys = await ask("readonly", (store) => store.getAllKeys());
  for (const each of keys ?? []) {
    const draft = await ask<Draft>("readonly", (store) => store.get(each));
    if (draft && present - draft.savedAt > KEEP) void ask("readwrite", (store) => store.delete(each));
  }
}
