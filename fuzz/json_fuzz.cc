// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes: a document that reads back the same, or an error. Every node can be looked at.
#include "core/json.h"

#include "check.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "core/value.h"

namespace penstock {
namespace {

void look_at(json::Node node) {
  (void)node.integer();
  (void)node.number();
  (void)node.boolean();
  PENSTOCK_ASSERT(utf8::is_valid(node.text()));
  if (node.is(json::Kind::string)) PENSTOCK_ASSERT(json::quoted(node.text()) == node.raw());
  std::size_t children = 0;
  for (const json::Node element : node.elements()) {
    look_at(element);
    ++children;
  }
  for (const json::Member member : node.members()) {
    PENSTOCK_ASSERT(node.member(member.name).has_value());
    look_at(member.value);
    ++children;
  }
  PENSTOCK_ASSERT(children == node.size());
}

bool is_json(std::string_view text) {
  return json::Document::parse(text, {.depth = 100}).has_value();
}

void splice(json::Node root) {
  for (const json::Member member : root.members()) {
    PENSTOCK_ASSERT(is_json(with_member(root, member.name, "[1]")));
    PENSTOCK_ASSERT(lookup(root, member.name).has_value() || member.name.substr(0, 1) == "/");
  }
  PENSTOCK_ASSERT(is_json(with_member(root, "new", "1")));
  PENSTOCK_ASSERT(is_json(with_parent(root.raw(), root.raw())));
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view text = fuzz::as_text(bytes, size);
  const std::string_view pointer = fuzz::take_until(text, '\n');
  (void)json::check_pointer(pointer);
  const auto document = json::Document::parse(text);
  if (!document) return 0;
  const auto again = json::Document::parse(document->text());
  PENSTOCK_ASSERT(again.has_value() && again->text() == document->text());
  PENSTOCK_ASSERT(document->root().raw() == document->text());
  look_at(document->root());
  (void)document->count_hidden_members();
  PENSTOCK_ASSERT(is_json(cut_member_at(document->root(), pointer)));
  if (document->root().is(json::Kind::object)) splice(document->root());
  return 0;
}
