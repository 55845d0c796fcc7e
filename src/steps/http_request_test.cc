// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Requests from items, and what a redirect leaves of them.
#include "steps/http_request.h"

#include <gtest/gtest.h>

#include "steps/ascii.h"

namespace penstock::steps {
namespace {

using placeholders::Place;
using placeholders::Template;

Template text(std::string_view source, Place place) { return *Template::parse(source, place); }

class HttpRequestTest : public testing::Test {
 protected:
  HttpRequestTest() {
    options_.ask.url = text("https://a.org/find?x={term}", Place::url);
    options_.ask.headers = {{"X-Plain", text("{term}", Place::header)},
                            {"X-Key", text("{secret.KEY}", Place::header)},
                            {"Authorization", text("Basic constant", Place::header)}};
  }

  void post_json() {
    options_.ask.method = "POST";
    options_.ask.body = *placeholders::JsonTemplate::parse(R"({"q":"{term}"})");
  }

  Result<net::HttpRequest> make(std::string_view link = "", std::uint16_t status = 0) {
    const auto value = json::Document::parse(R"({"term":"a&b"})");
    const auto resolve = [](std::string_view) { return std::string("hunter2"); };
    return request_for(options_, value->root(), {link, status}, resolve,
                       SecretMask(reserved_names_of(options_.ask), resolve));
  }

  std::string shown(std::string_view hop = "") {
    const auto value = json::Document::parse(R"({"term":"a&b"})");
    return shown_url_for(options_.ask, value->root(), hop, make(hop)->url);
  }

  static std::string header(const net::HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (ascii_lower(key) == name) return value;
    }
    return "none";
  }

  HttpOptions options_;
};

TEST_F(HttpRequestTest, RendersAllParts) {
  options_.ask.query = {{"p q", text("{term}", Place::query)}, {"n", text("1", Place::query)}};
  options_.take.accept = {"text/html", "text/plain"};
  post_json();
  const auto request = make();
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->url.text, "https://a.org/find?x=a%26b&p%20q=a%26b&n=1");
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(header(*request, "x-plain"), "a&b");
  EXPECT_EQ(header(*request, "x-key"), "hunter2");
  EXPECT_EQ(header(*request, "user-agent"), "penstock");
  EXPECT_EQ(header(*request, "accept"), "text/html, text/plain");
  EXPECT_EQ(header(*request, "content-type"), "application/json");
  EXPECT_EQ(request->body, R"({"q":"a&b"})");
}

TEST_F(HttpRequestTest, FormsAndRawBodies) {
  options_.ask.method = "PUT";
  options_.ask.body = FormBody{{{"q", text("{term} x", Place::form)}}};
  EXPECT_EQ(make()->body, "q=a%26b x");
  EXPECT_EQ(header(*make(), "content-type"), "application/x-www-form-urlencoded");
  options_.ask.body = RawBody{text("<q>{term}</q>", Place::plain), "text/xml"};
  EXPECT_EQ(make()->body, "<q>a&b</q>");
  options_.ask.headers.emplace_back("content-type", text("a/b", Place::header));
  EXPECT_EQ(header(*make(), "content-type"), "a/b");
}

TEST_F(HttpRequestTest, HeadersOfTheJobWin) {
  options_.ask.headers = {{"user-agent", text("mine", Place::header)},
                          {"ACCEPT", text("x/y", Place::header)}};
  const auto request = make();
  EXPECT_EQ(header(*request, "user-agent"), "mine");
  EXPECT_EQ(header(*request, "accept"), "x/y");
  EXPECT_EQ(request->headers.size(), 2U);
}

TEST_F(HttpRequestTest, QueryOfAUrlWithFragmentOrNone) {
  options_.ask.query = {{"q", text("1", Place::query)}};
  options_.ask.url = text("http://a.org/#frag?x", Place::url);
  EXPECT_EQ(make()->url.text, "http://a.org/?q=1");
}

TEST_F(HttpRequestTest, RedirectedMethods) {
  const auto method = [&](std::string_view own, std::uint16_t status) {
    options_.ask.method = own;
    return make("https://a.org/y", status)->method;
  };
  for (const std::uint16_t status : {301, 302, 303}) EXPECT_EQ(method("POST", status), "GET");
  for (const std::uint16_t status : {307, 308}) EXPECT_EQ(method("POST", status), "POST");
  for (const std::uint16_t status : {301, 302, 307, 308}) EXPECT_EQ(method("PUT", status), "PUT");
  EXPECT_EQ(method("DELETE", 303), "GET");
  EXPECT_EQ(method("HEAD", 303), "HEAD");
  EXPECT_EQ(method("POST", 0), "POST");
}

TEST_F(HttpRequestTest, ABodyStaysBehindWhenThePostDoes) {
  post_json();
  EXPECT_FALSE(make("https://a.org/y", 303)->body);
  EXPECT_EQ(header(*make("https://a.org/y", 303), "content-type"), "none");
  EXPECT_TRUE(make("https://a.org/y", 307)->body);
}

TEST_F(HttpRequestTest, HeadersAboutTheBodyStayBehindWithIt) {
  post_json();
  options_.ask.headers.emplace_back("Content-Type", text("a/b", Place::header));
  options_.ask.headers.emplace_back("CONTENT-ENCODING", text("x", Place::header));
  for (const std::uint16_t status : {301, 302, 303}) {
    EXPECT_EQ(header(*make("https://a.org/y", status), "content-type"), "none") << status;
    EXPECT_EQ(header(*make("https://a.org/y", status), "content-encoding"), "none") << status;
    EXPECT_EQ(header(*make("https://a.org/y", status), "x-plain"), "a&b") << status;
  }
  EXPECT_EQ(header(*make("https://a.org/y", 308), "content-type"), "a/b");
}

TEST_F(HttpRequestTest, AHostHeaderIsForItsOwnOrigin) {
  options_.ask.headers.emplace_back("Host", text("virtual.test", Place::header));
  EXPECT_EQ(header(*make("https://a.org/y", 302), "host"), "virtual.test");
  EXPECT_EQ(header(*make("https://b.org/y", 302), "host"), "none");
}

TEST_F(HttpRequestTest, CredentialsStayAtTheirOrigin) {
  const auto here = make("https://a.org/y", 302);
  EXPECT_EQ(header(*here, "x-key"), "hunter2");
  EXPECT_EQ(header(*here, "authorization"), "Basic constant");
  for (const auto* elsewhere : {"https://b.org/y", "http://a.org/y", "https://a.org:444/y"}) {
    const auto there = make(elsewhere, 302);
    ASSERT_TRUE(there);
    EXPECT_EQ(there->url.text, elsewhere);
    EXPECT_EQ(header(*there, "x-key"), "none");
    EXPECT_EQ(header(*there, "authorization"), "none");
    EXPECT_EQ(header(*there, "x-plain"), "a&b");
  }
}

TEST_F(HttpRequestTest, CredentialsHaveManyNames) {
  for (const auto* name : {"x-api-key", "Api-Key", "X-Auth-Token", "COOKIE", "X-Vault-Token"}) {
    options_.ask.headers = {{name, text("constant", Place::header)}};
    EXPECT_EQ(header(*make(), ascii_lower(name)), "constant") << name;
    EXPECT_EQ(header(*make("https://b.org/y", 302), ascii_lower(name)), "none") << name;
  }
}

TEST_F(HttpRequestTest, AWayBackBringsNoCredentialsBack) {
  const auto back = make("https://a.org/y", 302 | kStrangersHop);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->method, "GET");
  EXPECT_EQ(header(*back, "x-key"), "none");
  EXPECT_EQ(header(*back, "authorization"), "none");
  const auto page = make("https://a.org/y#stranger");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->url.text, "https://a.org/y");
  EXPECT_EQ(header(*page, "x-key"), "none");
  EXPECT_EQ(shown("https://a.org/y#stranger"), "https://a.org/y");
}

TEST_F(HttpRequestTest, HostsOutOfAnswersGetCredentialsOnlyWhenListed) {
  options_.manners.url_origin = UrlOrigin::response;
  EXPECT_EQ(header(*make(), "x-key"), "none");
  EXPECT_EQ(header(*make(), "authorization"), "none");
  EXPECT_EQ(header(*make(), "x-plain"), "a&b");
  EXPECT_EQ(header(*make("https://a.org/y", 302), "x-key"), "none");
  options_.manners.credentials_to = {"a.org", "c.org"};
  EXPECT_EQ(header(*make(), "x-key"), "hunter2");
  EXPECT_EQ(header(*make("https://c.org/y", 302), "x-key"), "hunter2");
  EXPECT_EQ(header(*make("https://c.org:444/y", 302), "x-key"), "none");
  EXPECT_EQ(header(*make("https://b.org/y", 302), "x-key"), "none");
  EXPECT_EQ(header(*make("https://c.org/y", 302 | kStrangersHop), "x-key"), "none");
}

TEST_F(HttpRequestTest, SecretsOfUrlsAreForListedHostsToo) {
  options_.manners.url_origin = UrlOrigin::response;
  options_.ask.query = {{"key", text("{secret.KEY}", Place::query)}};
  EXPECT_EQ(make().error().kind, "redirect.credentials");
  options_.manners.credentials_to = {"a.org"};
  EXPECT_TRUE(make());
}

TEST_F(HttpRequestTest, ASecretBodyDoesNotLeaveItsOrigin) {
  options_.ask.method = "POST";
  options_.ask.body = *placeholders::JsonTemplate::parse(R"({"key":"{secret.KEY}"})");
  EXPECT_TRUE(make("https://a.org/y", 307));
  EXPECT_EQ(make("https://b.org/y", 307).error().kind, "redirect.credentials");
  options_.ask.body = FormBody{{{"k", text("{secret.KEY}", Place::form)}}};
  EXPECT_EQ(make("https://b.org/y", 307).error().kind, "redirect.credentials");
  options_.ask.body = RawBody{text("{secret.KEY}", Place::plain)};
  EXPECT_EQ(make("https://b.org/y", 307).error().kind, "redirect.credentials");
}

TEST_F(HttpRequestTest, TheGuardIsForUrlsOutOfResponses) {
  options_.manners.guard = std::make_shared<net::AddressGuard>(std::vector<net::AddressRange>{});
  EXPECT_FALSE(make()->guard);
  EXPECT_TRUE(make("https://a.org/y", 302)->guard);
  EXPECT_TRUE(make("https://a.org/y", 0)->guard);
  options_.manners.url_origin = UrlOrigin::response;
  EXPECT_TRUE(make()->guard);
}

TEST_F(HttpRequestTest, UrlsAreShownWithoutSecrets) {
  EXPECT_EQ(shown(), "https://a.org/find?x=a%26b");
  options_.ask.query = {{"key", text("{secret.KEY}", Place::query)}};
  EXPECT_EQ(shown(), "https://a.org/find?x=a%26b&key=***");
  options_.ask.query.clear();
  options_.ask.url = text("https://a.org/{env.PART}/{term}?k={secret.KEY|upper}", Place::url);
  EXPECT_EQ(shown(), "https://a.org/***/a%26b?k=***");
  EXPECT_EQ(shown("https://a.org/y"), "https://a.org/y");
}

TEST_F(HttpRequestTest, AMarkedLinkIsFilledInAtItsOwnOriginOnly) {
  EXPECT_EQ(make("https://a.org/y?k=%7Bsecret.KEY%7D", 302)->url.text, "https://a.org/y?k=hunter2");
  EXPECT_EQ(make("https://b.org/y?k=%7Bsecret.KEY%7D", 302)->url.text,
            "https://b.org/y?k=%7Bsecret.KEY%7D");
  EXPECT_EQ(make("https://a.org/y?k=%7Bsecret.MINE%7D", 302)->url.text,
            "https://a.org/y?k=%7Bsecret.MINE%7D");
}

TEST_F(HttpRequestTest, Preview) {
  post_json();
  options_.ask.body = FormBody{{{"k", text("{secret.KEY}", Place::form)}}};
  const auto value = json::Document::parse(R"({"term":"x"})");
  EXPECT_EQ(*preview_of(options_, value->root()),
            "POST https://a.org/find?x=x\nX-Plain: x\nX-Key: ***\nAuthorization: Basic constant\n"
            "User-Agent: penstock\nContent-Type: application/x-www-form-urlencoded\n\nk=***");
}

}  // namespace
}  // namespace penstock::steps
