// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A record as templates see it.
#include "sinks/item_view.h"

#include <utility>

#include "core/json_text.h"
#include "sinks/meta_columns.h"

namespace penstock::sinks {
namespace {

constexpr std::string_view kInputPrefix = "input_";

// Parents nest, so a value may be deeper than one answer.
constexpr json::Limits kLimits{.depth = 500, .bytes = std::size_t{512} << 20U};

void append_member(std::string_view name, std::string_view json, std::string& out) {
  if (out.back() != '{') out += ',';
  json::quote(name, out);
  out += ':';
  out += json;
}

Error broken(const Record& record, std::string_view why) {
  return Error{
      .code = Errc::internal,
      .message = "render " + record.key + ": its value cannot be read: " + std::string(why),
      .kind = "internal.record"};
}

}  // namespace

Status read_fields(const Record& record, FieldList& fields) {
  const bool has_parent = !record.parent_key.empty();
  if (fields.read(record.value, has_parent ? Ancestry::has_parent : Ancestry::none)) return ok();
  return broken(record, "it is no JSON object");
}

// Finding a name anywhere in the text of a template may be more than it asks for, never less.
ItemView::ItemView(const std::vector<const placeholders::Template*>& templates,
                   std::string last_step)
    : last_step_(std::move(last_step)) {
  std::string all;
  for (const placeholders::Template* one : templates) all += one->text();
  needs_output_ = all.find(last_step_) != std::string::npos || all.find("{/") != std::string::npos;
  std::vector<std::string> names(kMetaNames.begin(), kMetaNames.end());
  names.push_back(last_step_);
  for (std::string& name : names) {
    if (all.find(std::string(kInputPrefix) + name) != std::string::npos) {
      hidden_.push_back(std::move(name));
    }
  }
}

Result<json::Document> ItemView::make(const Record& record) const {
  // Members that are added behind hide those of the same name before.
  std::string text(record.value.substr(0, record.value.size() - 1));
  if (!hidden_.empty()) {
    FieldList fields;
    PENSTOCK_CHECK(read_fields(record, fields));
    for (const std::string& name : hidden_) {
      const auto* field = fields.find(name);
      if (field != nullptr) append_member(std::string(kInputPrefix) + name, field->json, text);
    }
  }
  for (const std::string_view name : kMetaNames) {
    if (name == "parent") continue;
    std::string json;
    append_meta(record, name, json);
    append_member(name, json, text);
  }
  const bool has_output = record.step == last_step_ && !record.output.empty();
  if (needs_output_ && has_output) append_member(last_step_, record.output, text);
  text += '}';
  auto document = json::Document::parse(text, kLimits);
  if (!document) return broken(record, document.error().message);
  return document;
}

}  // namespace penstock::sinks
