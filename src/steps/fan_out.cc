// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Elements keep their text.
#include "steps/fan_out.h"

#include "core/value.h"

namespace penstock::steps {

Result<ItemVerdict> fan_out(json::Node root, const std::string& pointer) {
  const auto node = root.at(pointer);
  if (!node) {
    return Error{Errc::rejected, "nothing at \"" + pointer + "\"", "each.missing", Sent::yes};
  }
  if (!node->is(json::Kind::array)) {
    return Error{Errc::rejected, "no array at \"" + pointer + "\"", "each.type", Sent::yes};
  }
  ItemVerdict verdict;
  verdict.outcome = Outcome::done;
  verdict.fans_out = true;
  verdict.elements.reserve(node->size());
  for (const json::Node element : node->elements()) {
    const bool is_object = element.is(json::Kind::object);
    const std::string raw(element.raw());
    verdict.elements.push_back(is_object ? raw : "{\"value\":" + raw + "}");
  }
  verdict.output = cut_member_at(root, pointer);
  return verdict;
}

}  // namespace penstock::steps
