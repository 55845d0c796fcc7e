// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// TLS and HTTP/2 of the client, with nginx as the server and a certificate of this test's own.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "net/http_client.h"
#include "os/epoll_loop.h"

namespace penstock::net {
namespace {

namespace fs = std::filesystem;

pid_t spawn(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  EXPECT_EQ(::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ), 0) << words[0];
  ::posix_spawn_file_actions_destroy(&actions);
  return pid;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t bytes = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(fd, generic, bytes), 0);
  EXPECT_EQ(::getsockname(fd, generic, &bytes), 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool is_up(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const int connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::close(fd);
  return connected == 0;
}

/// nginx with HTTP/2 on one port and only HTTP/1.1 on another; both answer with the protocol.
class Nginx {
 public:
  Nginx() : http2_port_(free_port()), http1_port_(free_port()) {
    std::string folder = fs::temp_directory_path() / "http_tls_test.XXXXXX";
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    make_certificate();
    std::ofstream(folder_ / "nginx.conf") << configuration();
    // Gone with this process, however it ends.
    pid_ = spawn(
        {"setpriv", "--pdeathsig", "TERM", "nginx", "-p", folder_, "-c", folder_ / "nginx.conf"});
    for (int i = 0; i < 1000 && !(is_up(http2_port_) && is_up(http1_port_)); ++i) ::usleep(5000);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;
  ~Nginx() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    fs::remove_all(folder_);
  }

  std::string http2(std::string_view host = "127.0.0.1") const { return url(host, http2_port_); }
  std::string http1(std::string_view host = "127.0.0.1") const { return url(host, http1_port_); }
  std::string certificate() const { return folder_ / "cert.pem"; }

 private:
  static std::string url(std::string_view host, std::uint16_t port) {
    return "https://" + std::string(host) + ":" + std::to_string(port) + "/";
  }

  void make_certificate() const {
    const pid_t pid = spawn({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                             "/CN=penstock test", "-addext", "subjectAltName=IP:127.0.0.1",
                             "-keyout", folder_ / "key.pem", "-out", certificate()});
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_TRUE(fs::exists(certificate()));
  }

  std::string configuration() const {
    const std::string tls = "ssl_certificate " + certificate() + "; ssl_certificate_key " +
                            (folder_ / "key.pem").string() +
                            "; keepalive_requests 100000; location / { return 200 "
                            "$server_protocol; }";
    return "daemon off; worker_processes 1; pid nginx.pid; error_log error.log;"
           "events { worker_connections 2000; } http { access_log off;"
           "client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u;"
           "scgi_temp_path s;"
           "server { listen 127.0.0.1:" +
           std::to_string(http2_port_) + " ssl http2; " + tls +
           " } server { listen 127.0.0.1:" + std::to_string(http1_port_) + " ssl; " + tls + " } }";
  }

  std::uint16_t http2_port_;
  std::uint16_t http1_port_;
  fs::path folder_;
  pid_t pid_ = -1;
};

class HttpTlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { nginx_ = std::make_unique<Nginx>(); }
  static void TearDownTestSuite() { nginx_.reset(); }
  HttpTlsTest() {
    ::signal(SIGPIPE, SIG_IGN);
    profile_->ca_file = nginx_->certificate();
  }

  std::vector<HttpResponse> run(const std::string& url, std::size_t count) {
    std::vector<HttpResponse> responses;
    for (std::size_t i = 0; i < count; ++i) {
      HttpRequest request;
      request.url = *parse_url(url);
      request.profile = profile_;
      request.on_done = [&](HttpResponse response) { responses.push_back(std::move(response)); };
      client_->start(std::move(request));
    }
    const TimePoint give_up = TimePoint::clock::now() + std::chrono::seconds(30);
    while (responses.size() < count && TimePoint::clock::now() < give_up) {
      loop_->run_once(give_up);
    }
    EXPECT_EQ(responses.size(), count);
    return responses;
  }
  void check_all(const std::vector<HttpResponse>& responses, std::string_view body) {
    for (const HttpResponse& response : responses) {
      ASSERT_FALSE(response.error) << response.error->message;
      ASSERT_EQ(response.body, body);
    }
  }
  Error error_of(const std::string& url) {
    auto responses = run(url, 1);
    return responses[0].error.value_or(Error{.kind = "none"});
  }

  static std::unique_ptr<Nginx> nginx_;
  std::unique_ptr<os::EpollLoop> loop_ = std::move(*os::EpollLoop::create());
  std::unique_ptr<HttpClient> client_ = std::move(*make_http_client(*loop_));
  std::shared_ptr<HttpProfile> profile_ = std::make_shared<HttpProfile>();
};
std::unique_ptr<Nginx> HttpTlsTest::nginx_;

TEST_F(HttpTlsTest, ManyRequestsShareFewHttp2Connections) {
  check_all(run(nginx_->http2(), 500), "HTTP/2.0");
  check_all(run(nginx_->http2(), 500), "HTTP/2.0");
  EXPECT_LE(client_->counts().connections, 8U);
}

TEST_F(HttpTlsTest, Http1ServersGetAsManyConnectionsAsRequests) {
  check_all(run(nginx_->http1(), 100), "HTTP/1.1");
  check_all(run(nginx_->http1(), 100), "HTTP/1.1");
  EXPECT_GT(client_->counts().connections, 50U);
  EXPECT_LE(client_->counts().connections, 105U);
}

TEST_F(HttpTlsTest, Http1OnRequest) {
  profile_->version = HttpVersion::http1;
  check_all(run(nginx_->http2(), 20), "HTTP/1.1");
}

TEST_F(HttpTlsTest, StrangersCertificatesAreRefused) {
  profile_->ca_file.clear();
  const Error error = error_of(nginx_->http2());
  EXPECT_EQ(error.kind, "tls.certificate");
  EXPECT_EQ(error.code, Errc::rejected);
  EXPECT_EQ(error.sent, Sent::no);
}

TEST_F(HttpTlsTest, ACertificateIsForItsName) {
  EXPECT_EQ(error_of(nginx_->http2("localhost")).kind, "tls.certificate");
}

TEST_F(HttpTlsTest, ChecksCanBeSwitchedOff) {
  profile_->ca_file.clear();
  profile_->tls_check = TlsCheck::off;
  check_all(run(nginx_->http2("localhost"), 1), "HTTP/2.0");
}

TEST_F(HttpTlsTest, AMissingCaFileIsSaid) {
  profile_->ca_file = "/nonexistent/ca.pem";
  EXPECT_EQ(error_of(nginx_->http2()).kind, "tls.ca_file");
}

TEST_F(HttpTlsTest, PlainServersHaveNoTls) {
  profile_->ca_file.clear();
  std::string plain = nginx_->http1();
  plain.erase(4, 1);  // http://: nginx answers 400.
  EXPECT_EQ(run(plain, 1)[0].status, 400);
}

}  // namespace
}  // namespace penstock::net
