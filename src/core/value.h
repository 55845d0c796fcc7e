// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Item values: compact JSON objects, spliced as text so that what passes through keeps its bytes.
//
//     {"rank":1,"parent":{"term":"epoll","search":{"total":3}}}
//
// An item's own fields come first; member `parent`, always last, is its parent's value as the
// children see it. A settled step adds a member under its own name before `parent`.
#pragma once

#include "core/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

/// `own` with `context` as its member `parent`; an own field of that name is hidden by it.
/// An empty context gives `own` unchanged. REQUIRES: both are JSON objects in compact text.
[[nodiscard]] std::string with_parent(std::string_view own, std::string_view context);

/// The object with this member, in place of all members of that name, before `parent`.
/// REQUIRES: `value` is an object and `json` is compact JSON text.
[[nodiscard]] std::string with_member(json::Node value, std::string_view name,
                                      std::string_view json);

/// The text of `root` without what the pointer names, when `each` takes it away. Repeated members
/// of that name go with it. An array's element becomes null, so that its neighbours keep their
/// places; so does the root itself. What is not there changes nothing.
[[nodiscard]] std::string cut_member_at(json::Node root, std::string_view pointer);

/// The field that a name means in an item's value:
///
///     rank            the nearest: its own field, else its parent's, else that one's parent's ...
///     search.total    a path: the nearest `search`, then members and array places from there
///     /parent/term    a JSON pointer from the root of the value
///
/// A field whose name has dots in it is found by that name first. Nothing if there is none.
[[nodiscard]] std::optional<json::Node> lookup(json::Node value, std::string_view name);

}  // namespace penstock
