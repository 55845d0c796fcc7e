// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a settled item enrols: its children in the next step, or the page that follows it.
#include <utility>

#include "core/json.h"
#include "core/value.h"
#include "engine/run.h"

namespace penstock::engine {
namespace {

ItemPtr child_of(const Verdict& parent, std::uint32_t index, std::string key, std::string value) {
  auto child = std::make_unique<Item>();
  child->own.parent = parent.seq;
  child->own.index = index;
  child->own.key = std::move(key);
  child->own.value = std::move(value);
  return child;
}

/// "12/3" and "12/3@2" are pages of "12/3": the part before the last '@' of a page's own key.
std::string page_key(const Item& item, std::uint32_t page) {
  std::string key = item.shown_key();
  if (item.own.index > 0 && !item.own.hop.empty()) key.resize(key.rfind('@'));
  return key + "@" + std::to_string(page + 1);
}

}  // namespace

/// All children share one text: the parent's value with what the step gave as its member.
SharedText Run::context_of_children(const Item& parent, const std::string& output) const {
  const std::string text = parent.flattened();
  if (output.empty()) return std::make_shared<const std::string>(text);
  const auto document = json::Document::parse(text);
  if (!document) return std::make_shared<const std::string>(text);
  return std::make_shared<const std::string>(
      with_member(document->root(), planned(parent.step()).name, output));
}

/// REQUIRES: the parent's texts are still in place, and `verdict.output` is set.
std::vector<ItemPtr> Run::children_of(const Item& parent, const Verdict& verdict,
                                      ItemVerdict& from) {
  std::vector<ItemPtr> children;
  const std::string key = parent.shown_key();
  if (from.fans_out) {
    std::uint32_t index = 0;
    for (std::string& element : from.elements) {
      const std::string child_key = key + "/" + std::to_string(index + 1);
      children.push_back(child_of(verdict, index++, child_key, std::move(element)));
    }
  } else if (!is_last(parent.step())) {
    children.push_back(child_of(verdict, 0, key, "{}"));
  }
  if (children.empty()) return children;
  const SharedText context = context_of_children(parent, verdict.output);
  const StepIndex next{static_cast<std::uint8_t>(static_cast<std::uint8_t>(parent.step()) + 1)};
  for (ItemPtr& child : children) {
    child->share = parent.share;
    child->own.item = new_id(next);
    child->context = context;
  }
  return children;
}

/// The page that follows is an item like its predecessor, somewhere else.
ItemPtr Run::following_page(const Item& item, const Verdict& verdict, std::string link) {
  const std::uint32_t page = (item.own.hop.empty() ? 0 : item.own.index) + 1;
  ItemPtr next = child_of(verdict, page, page_key(item, page), item.own.value);
  next->own.item = new_id(item.step());
  next->own.hop = std::move(link);
  next->share = item.share;
  next->context = item.context;
  return next;
}

ItemId Run::new_id(StepIndex step) {
  return ItemId::of(step, next_sequence_[static_cast<std::size_t>(step)]++);
}

/// In the ledger with its parent's verdict; in memory too if its queue has room.
void Run::enrol(Verdict& verdict, ItemPtr child) {
  const PlannedStep& step = planned(child->step());
  if (!prepare(*child)) child->own.queue.clear();  // It fails when it gets its place.
  KeyQueue& queue = ready_.at(child->step(), child->own.queue, before(child->own.item));
  tally_.found(child->step(), 1);
  const bool is_page = child->step() == verdict.item.step();
  // Of unique values the ledger knows which are answered: ask it, with all others that wait.
  const bool must_ask = step.unique.has_value() && !is_page;
  if (must_ask || (!is_page && !has_room(queue))) {
    verdict.children.push_back(std::move(child->own));
    note_stored(queue);
    return;
  }
  if (is_page) {
    ahead_.insert(child->own.item);  // Pages never wait in the ledger alone: there are few.
  } else {
    queue.loaded_through = child->own.item;
  }
  ++queue.arriving;
  ++arriving_;
  verdict.children.push_back(child->own);
  batch_.children.push_back(std::move(child));
}

}  // namespace penstock::engine
