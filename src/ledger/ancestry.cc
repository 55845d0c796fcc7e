// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Contexts are composed from the root down: as deep as the job has steps. Chains of pages are
// walked, not composed, because all pages of a chain see the same.
#include "ledger/ancestry.h"

#include <memory>
#include <utility>

#include "core/json.h"
#include "core/value.h"

namespace penstock::ledger {
namespace {

bool looks_like_object(const std::string& text) {
  return text.size() >= 2 && text.front() == '{' && text.back() == '}';
}

Error no_object(Seq seq) {
  return Error{.code = Errc::corrupt,
               .message = "the value of verdict " +
                          std::to_string(static_cast<std::uint64_t>(seq)) + " is no JSON object",
               .kind = "ledger.corrupt"};
}

}  // namespace

std::string shown_key(ItemId item, const std::string& key) {
  return key.empty() ? std::to_string(item.sequence() + 1) : key;
}

Result<SharedText> Ancestry::context(StepIndex step, Seq parent) {
  while (parent != Seq{}) {
    PENSTOCK_TRY(found, entry(parent));
    if (found->step != step) {
      if (found->for_children) return found->for_children;
      const Seq above = found->parent;
      PENSTOCK_TRY(text, compose(found->step, above, parent));
      PENSTOCK_TRY(again, entry(parent));  // Composing may have dropped it.
      again->for_children = text;
      bytes_ += text->size();
      keep_below_limit();
      return std::move(text);
    }
    parent = found->parent;
  }
  return SharedText();
}

Result<std::string> Ancestry::key(Seq seq) {
  if (seq == Seq{}) return std::string();
  PENSTOCK_TRY(found, entry(seq));
  return found->key;
}

Result<SharedText> Ancestry::compose(StepIndex step, Seq parent, Seq seq) {
  PENSTOCK_TRY(above, context(step, parent));
  PENSTOCK_TRY(texts, texts_.texts(seq));
  if (!looks_like_object(texts.value)) return no_object(seq);
  std::string text = above ? with_parent(texts.value, *above) : std::move(texts.value);
  const auto place = static_cast<std::size_t>(step);
  if (!texts.output.empty() && place < step_names_.size()) {
    // What is nested too deep to be read again goes on without the member, as in the engine.
    if (const auto document = json::Document::parse(text)) {
      text = with_member(document->root(), step_names_[place], texts.output);
    }
  }
  return std::make_shared<const std::string>(std::move(text));
}

Result<Ancestry::Entries::iterator> Ancestry::entry(Seq seq) {
  const auto key = static_cast<std::uint64_t>(seq);
  if (const auto found = by_seq_.find(key); found != by_seq_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second;
  }
  PENSTOCK_TRY(line, texts_.lineage(seq));
  entries_.push_front(Entry{.seq = seq,
                            .step = line.item.step(),
                            .parent = line.parent,
                            .key = shown_key(line.item, line.key),
                            .for_children = nullptr});
  by_seq_.emplace(key, entries_.begin());
  bytes_ += sizeof(Entry) + entries_.front().key.size();
  keep_below_limit();
  return entries_.begin();
}

/// The latest entry stays whatever its size.
void Ancestry::keep_below_limit() {
  while (bytes_ > kBytesMax && entries_.size() > 1) {
    const Entry& oldest = entries_.back();
    bytes_ -= sizeof(Entry) + oldest.key.size();
    if (oldest.for_children) bytes_ -= oldest.for_children->size();
    by_seq_.erase(static_cast<std::uint64_t>(oldest.seq));
    entries_.pop_back();
  }
}

}  // namespace penstock::ledger
