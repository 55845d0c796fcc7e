// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a job file says about an HTTP step, after it was checked. Values without behaviour.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/address_guard.h"
#include "net/http_message.h"
#include "placeholders/json_template.h"
#include "placeholders/template.h"
#include "steps/html_text.h"
#include "steps/named_template.h"

namespace penstock::steps {

/// `form = { q = "{term}" }`; the templates are for Place::form.
struct FormBody {
  std::vector<NamedTemplate> fields;
};

/// `body = "..."`: sent as it is rendered.
struct RawBody {
  placeholders::Template text;
  std::string type = "text/plain; charset=utf-8";
};

/// None, or one of `json`, `form` and `body`.
using HttpBody = std::variant<std::monostate, placeholders::JsonTemplate, FormBody, RawBody>;

/// What is sent.
struct HttpAsk {
  std::string method = "GET";          ///< GET, HEAD, POST, PUT, PATCH or DELETE.
  placeholders::Template url;          ///< For Place::url.
  std::vector<NamedTemplate> query;    ///< Appended to the URL. For Place::query.
  std::vector<NamedTemplate> headers;  ///< For Place::header.
  HttpBody body;

  /// Values of reserved names ("secret.KEY", "env.HOME"), asked in the worker only.
  placeholders::Resolver resolve;
};

/// `as`: what becomes of the body.
enum class HttpAs : std::uint8_t { bytes, text, json, file };

/// What is made of the answer.
struct HttpTake {
  HttpAs as = HttpAs::bytes;
  std::optional<std::string> each;  ///< A JSON pointer to an array; with `json` only.
  std::string next;                 ///< A JSON pointer, "link", or empty for none.
  std::vector<std::string> accept;  ///< Content types in lower case, "text/*" too; empty: all.
  Furniture furniture = Furniture::keep;
};

enum class RobotsRules : std::uint8_t { ignore, obey };
enum class UrlOrigin : std::uint8_t { job, response };

/// How far answers are trusted, and how we behave towards hosts that they name.
struct HttpManners {
  /// Where the step's own URL comes from: `response` if its host part is a placeholder and the
  /// step is not the first. Redirects and `next` links always come from responses.
  UrlOrigin url_origin = UrlOrigin::job;

  /// Hosts ("api.example.com", "localhost:8080") that may get credentials although an answer has
  /// named them.
  std::vector<std::string> credentials_to;

  RobotsRules robots = RobotsRules::ignore;        ///< For URLs out of responses only.
  std::shared_ptr<const net::AddressGuard> guard;  ///< For URLs out of responses; null: off.
  std::string user_agent = "penstock";
};

struct HttpOptions {
  HttpAsk ask;
  HttpTake take;
  HttpManners manners;
  std::shared_ptr<const net::HttpProfile> profile = std::make_shared<net::HttpProfile>();

  /// None: as the method says. GET and HEAD may be repeated, others not.
  std::optional<Repeatable> repeatable;
};

}  // namespace penstock::steps
