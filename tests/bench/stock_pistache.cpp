// The server one would write on Pistache alone: its own HTTP layer, one thread, the answer of
// native hello. usage: stock_pistache PORT
#include <pistache/endpoint.h>

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>

namespace {

class Hello final : public Pistache::Http::Handler {
 public:
  HTTP_PROTOTYPE(Hello)

  void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter response) override {
    const std::string body =
        "{\"message\": \"Hello from C++\", \"timestamp\": " + std::to_string(std::time(nullptr)) +
        "}";
    response.send(Pistache::Http::Code::Ok, body, MIME(Application, Json));
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: stock_pistache PORT\n";
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  Pistache::Http::Endpoint endpoint(Pistache::Address(Pistache::Ipv4::loopback(), port));
  endpoint.init(Pistache::Http::Endpoint::options().threads(1).flags(
      Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay));
  endpoint.setHandler(Pistache::Http::make_handler<Hello>());
  endpoint.serve();
  return 0;
}
