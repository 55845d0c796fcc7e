// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The columns of a table, and what stands in them for a record. Values are JSON text throughout: a
// number keeps its digits, and an answer of a megabyte is never parsed to be passed on.
#pragma once

#include <penstock/error.h>
#include <penstock/sinks.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "placeholders/template.h"
#include "sinks/field_list.h"
#include "sinks/item_view.h"

namespace penstock::sinks {

/// Hears the columns of one row in order. What it is given is valid during the call only.
using TakeColumn = std::function<void(std::string_view name, std::string_view json)>;

/// Threads: owner only.
class ColumnSet {
 public:
  /// `reserved` are names that fields of default columns cannot have, besides those of sinks.h.
  /// Errors: invalid (no name, a name twice, a template that is none).
  static Result<ColumnSet> make(const std::vector<Column>& columns,
                                const std::vector<std::string>& steps,
                                std::vector<std::string> reserved = {});

  /// Whether every record has the same columns.
  bool is_named() const noexcept { return !named_.empty(); }

  /// The names, if is_named().
  std::vector<std::string_view> names() const;

  /// The columns of one record. A template that this item cannot fill gives null.
  /// Errors: internal (a record that is not what sink.h says).
  Status render(const Record& record, const TakeColumn& take);

 private:
  struct NamedColumn {
    std::string name;
    std::string_view meta;  // If it is one; else the template.
    std::optional<placeholders::Template> text;
  };

  Status add(const Column& column);
  Status render_named(const Record& record, const TakeColumn& take);
  Status render_default(const Record& record, const TakeColumn& take);
  void take_meta(const Record& record, const TakeColumn& take);
  bool is_step(std::string_view name) const;
  bool is_reserved(std::string_view name) const;
  std::string free_name(std::string_view name) const;

  // Constant after make().
  std::vector<NamedColumn> named_;
  std::vector<std::string> steps_;
  std::string last_step_;
  std::vector<std::string> reserved_;
  ItemView view_;
  bool needs_view_ = false;

  // For one row; kept for its memory.
  FieldList fields_;
  std::string scratch_;
};

}  // namespace penstock::sinks
