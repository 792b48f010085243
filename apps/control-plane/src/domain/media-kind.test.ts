import assert from "node:assert/strict"
import { test } from "node:test"
import { mediaKind } from "./media-kind.ts"

const text = (s: string) => Buffer.from(s)

test("content decides; the name only tells texts apart", () => {
  assert.equal(mediaKind(Buffer.from("89504e470d0a1a0a00", "hex"), "table.csv"), "png")
  assert.equal(mediaKind(text("PK\u0003\u0004"), "table.csv"), "zip")
  assert.equal(mediaKind(text("PAR1"), "x.txt"), "parquet")
  assert.equal(mediaKind(text("SQLite format 3\u0000"), "x"), "sqlite")
  assert.equal(mediaKind(text("a,b\n1,2\n"), "x/table.CSV"), "csv")
  assert.equal(mediaKind(text("a\tb\n"), "t.tsv"), "tsv")
  assert.equal(mediaKind(text("x <- 1"), "run.R"), "code")
  assert.equal(mediaKind(text("hello"), "noending"), "text")
  assert.equal(mediaKind(text(""), "empty.csv"), "empty")
})

test("markup is markup whatever it is called", () => {
  assert.equal(mediaKind(text("  <!DOCTYPE html><p>"), "table.csv"), "html")
  assert.equal(mediaKind(text('<?xml version="1.0"?><svg/>'), "notes.txt"), "svg")
})

test("bytes that are no UTF-8, or hold a NUL, are no text", () => {
  assert.equal(mediaKind(Buffer.from([0x61, 0xff, 0x62]), "a.csv"), "binary")
  assert.equal(mediaKind(text("a\u0000b"), "a.csv"), "binary")
  // A head may end in the middle of a character.
  assert.equal(mediaKind(text("é").subarray(0, 1), "a.csv"), "csv")
})
