#include "pool/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace plughost::python::pool {

SharedMemory::SharedMemory(std::size_t mapped_bytes)
    : fd_(::memfd_create("plughost-pool", MFD_CLOEXEC)), mapped_bytes_(mapped_bytes) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  int error;
  do {
    error = ::posix_fallocate(fd_, 0, static_cast<off_t>(mapped_bytes_));
  } while (error == EINTR);
  if (error != 0) {
    ::close(fd_);
    throw std::system_error(error, std::generic_category(), "posix_fallocate");
  }
  map();
}

SharedMemory::SharedMemory(int fd, std::size_t mapped_bytes)
    : fd_(fd), mapped_bytes_(mapped_bytes) {
  if (::fcntl(fd_, F_SETFD, FD_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "fcntl");
  }
  map();
}

SharedMemory::~SharedMemory() {
  ::munmap(data_, mapped_bytes_);
  ::close(fd_);
}

void SharedMemory::map() {
  data_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (data_ != MAP_FAILED) return;
  const int error = errno;
  ::close(fd_);
  throw std::system_error(error, std::generic_category(), "mmap");
}

}  // namespace plughost::python::pool
