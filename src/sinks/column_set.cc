// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The columns of a table.
#include "sinks/column_set.h"

#include <algorithm>
#include <utility>

#include "core/json.h"
#include "core/json_text.h"
#include "sinks/meta_columns.h"

namespace penstock::sinks {
namespace {

constexpr std::string_view kInputPrefix = "input_";

Error invalid(std::string message) {
  return Error{.code = Errc::invalid, .message = std::move(message), .kind = "output.columns"};
}

// The meta column that a template names and nothing else, or nothing.
std::string_view meta_of(std::string_view text) {
  for (const std::string_view name : kMetaNames) {
    if (text == "{" + std::string(name) + "}") return name;
  }
  return {};
}

std::string json_of(const placeholders::Template& text, json::Node view) {
  const auto json = text.is_single() ? text.render_json(view) : text.render(view);
  if (!json) return "null";
  return text.is_single() ? *json : json::quoted(*json);
}

}  // namespace

Result<ColumnSet> ColumnSet::make(const std::vector<Column>& columns,
                                  const std::vector<std::string>& steps,
                                  std::vector<std::string> reserved) {
  ColumnSet set;
  set.steps_ = steps;
  set.last_step_ = steps.empty() ? std::string() : steps.back();
  set.reserved_ = std::move(reserved);
  for (const Column& column : columns) PENSTOCK_CHECK(set.add(column));
  std::vector<const placeholders::Template*> templates;
  for (const NamedColumn& column : set.named_) {
    if (column.text) templates.push_back(&*column.text);
  }
  set.needs_view_ = !templates.empty();
  set.view_ = ItemView(templates, set.last_step_);
  return set;
}

Status ColumnSet::add(const Column& column) {
  if (column.name.empty()) return invalid("a column needs a name");
  const bool is_known = std::any_of(named_.begin(), named_.end(),
                                    [&](const auto& known) { return known.name == column.name; });
  if (is_known) return invalid("two columns are named '" + column.name + "'");
  NamedColumn named{.name = column.name, .meta = meta_of(column.text), .text = {}};
  if (named.meta.empty()) {
    PENSTOCK_TRY(text, placeholders::Template::parse(column.text));
    named.text = std::move(text);
  }
  named_.push_back(std::move(named));
  return ok();
}

std::vector<std::string_view> ColumnSet::names() const {
  std::vector<std::string_view> names;
  for (const NamedColumn& column : named_) names.push_back(column.name);
  return names;
}

Status ColumnSet::render(const Record& record, const TakeColumn& take) {
  return is_named() ? render_named(record, take) : render_default(record, take);
}

Status ColumnSet::render_named(const Record& record, const TakeColumn& take) {
  json::Document view;
  if (needs_view_) {
    PENSTOCK_TRY(made, view_.make(record));
    view = std::move(made);
  }
  for (const NamedColumn& column : named_) {
    scratch_.clear();
    if (column.text) {
      scratch_ = json_of(*column.text, view.root());
    } else {
      append_meta(record, column.meta, scratch_);
    }
    take(column.name, scratch_);
  }
  return ok();
}

Status ColumnSet::render_default(const Record& record, const TakeColumn& take) {
  PENSTOCK_CHECK(read_fields(record, fields_));
  take_meta(record, take);
  for (const FieldList::Field& field : fields_.fields()) {
    if (is_reserved(field.name)) {
      take(free_name(field.name), field.json);
    } else if (!is_step(field.name)) {
      take(field.name, field.json);
    }
  }
  if (last_step_.empty()) return ok();
  const bool has_output = record.step == last_step_ && !record.output.empty();
  take(last_step_, has_output ? record.output : std::string_view("null"));
  return ok();
}

void ColumnSet::take_meta(const Record& record, const TakeColumn& take) {
  for (const std::string_view name : kMetaNames) {
    scratch_.clear();
    append_meta(record, name, scratch_);
    take(name, scratch_);
  }
}

bool ColumnSet::is_step(std::string_view name) const {
  return std::find(steps_.begin(), steps_.end(), name) != steps_.end();
}

bool ColumnSet::is_reserved(std::string_view name) const {
  return is_meta(name) || name == last_step_ ||
         std::find(reserved_.begin(), reserved_.end(), name) != reserved_.end();
}

// A name that no field of this record has.
std::string ColumnSet::free_name(std::string_view name) const {
  std::string free = std::string(kInputPrefix) + std::string(name);
  while (fields_.find(free) != nullptr || is_reserved(free)) free.insert(0, kInputPrefix);
  return free;
}

}  // namespace penstock::sinks
