// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The document is cut once into JSON text and templates, which take turns when it is rendered.
#include "steps/json_template.h"

#include "core/json_text.h"

namespace penstock::steps {

using placeholders::Place;
using placeholders::Template;

Result<JsonTemplate> JsonTemplate::parse(std::string_view json_text) {
  PENSTOCK_TRY(document, json::Document::parse(json_text));
  JsonTemplate made;
  made.text_ = document.text();
  PENSTOCK_CHECK(made.collect(document.root()));
  return made;
}

// Recursion is as deep as a job file nests, at most json::Limits::depth.
Status JsonTemplate::collect(json::Node node) {
  if (node.is(json::Kind::string)) return collect_string(node);
  if (node.is(json::Kind::array)) {
    char separator = '[';
    for (const json::Node element : node.elements()) {
      pending_ += separator;
      separator = ',';
      PENSTOCK_CHECK(collect(element));
    }
    pending_ += separator == '[' ? "[]" : "]";
    return ok();
  }
  if (!node.is(json::Kind::object)) {
    pending_ += node.raw();
    return ok();
  }
  char separator = '{';
  for (const json::Member member : node.members()) {
    pending_ += separator;
    separator = ',';
    json::quote(member.name, pending_);
    pending_ += ':';
    PENSTOCK_CHECK(collect(member.value));
  }
  pending_ += separator == '{' ? "{}" : "}";
  return ok();
}

Status JsonTemplate::collect_string(json::Node node) {
  PENSTOCK_TRY(parsed, Template::parse(node.text()));
  if (parsed.is_constant()) {
    // Rendered, since {{ and }} are single braces also where no placeholder stands.
    PENSTOCK_TRY(constant, parsed.render(node));
    json::quote(constant, pending_);
    return ok();
  }
  parts_.push_back({std::move(pending_), std::move(parsed)});
  pending_.clear();
  return ok();
}

Result<std::string> JsonTemplate::render(json::Node value,
                                         const placeholders::Resolver& resolve) const {
  std::string out;
  for (const Part& part : parts_) {
    out += part.before;
    if (part.string.is_single()) {
      PENSTOCK_TRY(json, part.string.render_json(value, resolve));
      out += json;
    } else {
      PENSTOCK_TRY(text, part.string.render(value, resolve));
      json::quote(text, out);
    }
  }
  return out + pending_;
}

std::vector<std::string> JsonTemplate::reserved_names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    for (std::string& name : part.string.reserved_names()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace penstock::steps
