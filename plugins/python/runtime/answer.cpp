#include "runtime/answer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/problem.hpp"

namespace plughost::python {
namespace {

ph_str view(std::string_view text) { return {text.data(), text.size()}; }

bool is_terminal(ph_status status) {
  return status == PH_OK || status == PH_E_CANCELLED || status == PH_E_STALE;
}

/// Header lines as the ABI takes them; an answer rarely has more than a handful.
class HeaderLines final {
 public:
  explicit HeaderLines(const std::vector<std::pair<std::string, std::string>>& headers) {
    if (headers.size() > few_.size()) many_.resize(headers.size());
    lines_ = many_.empty() ? few_.data() : many_.data();
    std::transform(headers.begin(), headers.end(), lines_, [](const auto& header) {
      return ph_header{view(header.first), view(header.second)};
    });
  }
  const ph_header* data() const { return lines_; }

 private:
  std::array<ph_header, 8> few_;
  std::vector<ph_header> many_;
  ph_header* lines_;
};

ph_status respond(const ph_host* host, ph_req token, unsigned status, const ph_header* headers,
                  std::size_t n_headers, std::string_view body) {
  ph_response response{};
  response.size = sizeof(response);
  response.status = status;
  response.headers = headers;
  response.n_headers = n_headers;
  response.body = {body.data(), body.size()};
  return host->http->respond(host, token, &response);
}

void log(const ph_host* host, ph_req token, std::string_view line) {
  host->log(host, token, PH_LOG_ERROR, view(line));
}

/// The last resort when the host refuses even the problem answer.
void abandon(const ph_host* host, ph_req token, std::string_view why) {
  host->http->abort(host, token, view(why));
}

void answer_refused(const ph_host* host, ph_req token, const ph_req_head& head,
                    const Reply& reply) {
  log(host, token,
      "the host refused the handler's answer (status " + std::to_string(reply.status) + ", " +
          std::to_string(reply.headers.size()) +
          " headers): a status outside 200 to 599, a header that HTTP does not allow, or a "
          "Content-Length that is not its body's");
  answer_problem(host, token, 500, "The handler's answer cannot be sent.", head);
}

void close_descriptor(void* ctx) noexcept {
  ::close(static_cast<int>(reinterpret_cast<std::intptr_t>(ctx)));
}

}  // namespace

void answer(const ph_host* host, ph_req token, const ph_req_head& head, const Reply& reply) {
  answer(host, token, head, reply, reply.body);
}

void answer(const ph_host* host, ph_req token, const ph_req_head& head, const Reply& reply,
            std::string_view body) {
  if (!reply.log.empty()) log(host, token, reply.log);
  const HeaderLines headers(reply.headers);
  const ph_status status =
      respond(host, token, reply.status, headers.data(), reply.headers.size(), body);
  if (!is_terminal(status)) answer_refused(host, token, head, reply);
}

bool answer_file(const ph_host* host, ph_req token, const ph_req_head& head, const Reply& reply,
                 const FilePart& file) {
  const int copy = ::fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return false;
  const HeaderLines headers(reply.headers);
  ph_response start{};
  start.size = sizeof(start);
  start.status = reply.status;
  start.headers = headers.data();
  start.n_headers = reply.headers.size();
  const ph_status status = host->http->respond_file(
      host, token, &start, copy, file.offset, file.length, close_descriptor,
      reinterpret_cast<void*>(static_cast<std::intptr_t>(copy)));
  if (!is_terminal(status)) answer_refused(host, token, head, reply);
  return true;
}

ph_status start_answer(const ph_host* host, ph_req token, const ph_req_head& head,
                       const Reply& reply) {
  const HeaderLines headers(reply.headers);
  const ph_status status =
      host->http->start(host, token, reply.status, headers.data(), reply.headers.size());
  if (status == PH_E_CANCELLED) answer_problem(host, token, 503, "Nobody reads this.", head);
  if (!is_terminal(status)) answer_refused(host, token, head, reply);
  return status;
}

void answer_problem(const ph_host* host, ph_req token, unsigned status, std::string_view detail,
                    const ph_req_head& head) {
  Reply reply;
  if (status == 503) reply.headers.emplace_back("retry-after", "1");
  write_problem({status, std::string(detail), {}, {}}, head, reply);
  const HeaderLines headers(reply.headers);
  const ph_status sent =
      respond(host, token, status, headers.data(), reply.headers.size(), reply.body);
  if (!is_terminal(sent)) abandon(host, token, detail);
}

}  // namespace plughost::python
