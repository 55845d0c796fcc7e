// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A condition and an item: refused, or decided; and what is decided is decided consistently.
//
//     input := condition, LF, JSON text
#include "placeholders/comparison.h"

#include "check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view rest = fuzz::as_text(bytes, size);
  const std::string text(fuzz::take_until(rest, '\n'));
  const auto condition = placeholders::Comparison::parse(text);
  if (!condition) return 0;
  const auto item = json::Document::parse(rest);
  const json::Document none;
  const json::Node root = item ? item->root() : none.root();
  const bool holds = condition->evaluate(root);
  (void)condition->names();
  const auto negated = placeholders::Comparison::parse("!(" + text + ")");
  if (negated) PENSTOCK_ASSERT(negated->evaluate(root) != holds);
  const auto doubled = placeholders::Comparison::parse("(" + text + ") && (" + text + ")");
  if (doubled) PENSTOCK_ASSERT(doubled->evaluate(root) == holds);
  return 0;
}
