// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A record as templates see it: the item's value, what the last step gave, and the record's own
// columns. It parses only what the templates at hand can ask for.
#pragma once

#include <penstock/error.h>
#include <penstock/sink.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "placeholders/template.h"
#include "sinks/field_list.h"

namespace penstock::sinks {

/// The fields of a record's item. Errors: internal (its value is no JSON object).
Status read_fields(const Record& record, FieldList& fields);

/// Names stand for, the first that there is:
///
///     key status kind error attempts    the record's own ({parent} has its parent's value, as in
///                                        steps; a column "{parent}" alone is its parent's key)
///     <last step>.text, ...             what the last step gave
///     input_key, input_<last step> ...  fields that are hidden by these
///     term, url, ...                    fields, the nearest of each name
class ItemView {
 public:
  ItemView() = default;

  /// For these templates.
  ItemView(const std::vector<const placeholders::Template*>& templates, std::string last_step);

  /// Errors: internal.
  Result<json::Document> make(const Record& record) const;

 private:
  std::string last_step_;
  bool needs_output_ = false;
  std::vector<std::string> hidden_;  // Names that are asked for as input_<name>.
};

}  // namespace penstock::sinks
