// SPDX-License-Identifier: MIT
#include "platform/mapping.hpp"

#include <sys/mman.h>

#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "platform/system_error.hpp"

namespace zerobuffer::platform {
namespace {

constexpr std::uint64_t gap = 64U << 10U;

std::string described(const std::string& name) { return "buffer \"" + name + "\""; }

// Of all calls only a mapping fails with EAGAIN for want of memory. man 2 mmap
[[noreturn]] void fail_to_map(const std::string& what, int error) {
    if (error != EAGAIN) { fail(what, error); }
    throw Error(Status::no_space,
                what + ": " + std::generic_category().message(error) +
                    " (all memory of this process is to be locked); allow more (ulimit -l), or make the buffer smaller",
                error);
}

// What Boost asks of a thing that can be mapped.
class Mappable {
public:
    Mappable(int descriptor, Access access) noexcept : descriptor_(descriptor), access_(access) {}
    [[nodiscard]] boost::interprocess::mapping_handle_t get_mapping_handle() const noexcept {
        return boost::interprocess::ipcdetail::mapping_handle_from_file_handle(descriptor_);
    }
    [[nodiscard]] boost::interprocess::mode_t get_mode() const noexcept {
        return access_ == Access::read_write ? boost::interprocess::read_write : boost::interprocess::read_only;
    }

private:
    int descriptor_;
    Access access_;
};

}  // namespace

struct SegmentMapping::Region {
    boost::interprocess::mapped_region mapped;
};

SegmentMapping::SegmentMapping(const std::string& name, const SharedFile& file, std::uint64_t size, Access access) {
    const Mappable mappable(file.descriptor(), access);
    try {
        region_ = std::make_unique<Region>(
            Region{boost::interprocess::mapped_region(mappable, mappable.get_mode(), 0, size)});
    } catch (const boost::interprocess::interprocess_exception& error) {
        fail_to_map(described(name) + ": map " + std::to_string(size) + " bytes", error.get_native_error());
    }
}

SegmentMapping::SegmentMapping(SegmentMapping&&) noexcept = default;
SegmentMapping& SegmentMapping::operator=(SegmentMapping&&) noexcept = default;
SegmentMapping::~SegmentMapping() = default;

std::byte* SegmentMapping::data() const noexcept { return static_cast<std::byte*>(region_->mapped.get_address()); }
std::uint64_t SegmentMapping::size() const noexcept { return region_->mapped.get_size(); }

MirroredMapping::MirroredMapping(const std::string& name, const SharedFile& file, std::uint64_t offset,
                                 std::uint64_t size, Access access)
    : size_(size) {
    const std::string what = described(name) + ": map " + std::to_string(size) + " bytes twice";
    void* const reserved =
        ::mmap(nullptr, 2 * size + 2 * gap, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) { fail_to_map(what, errno); }
    data_ = static_cast<std::byte*>(reserved) + gap;
    const int protection = access == Access::read_write ? PROT_READ | PROT_WRITE : PROT_READ;
    for (std::byte* view : {data_, data_ + size}) {
        if (::mmap(view, size, protection, MAP_SHARED | MAP_FIXED, file.descriptor(), static_cast<off_t>(offset)) ==
            MAP_FAILED) {
            const int error = errno;
            ::munmap(reserved, 2 * size + 2 * gap);
            fail_to_map(what, error);
        }
    }
}

MirroredMapping::MirroredMapping(MirroredMapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

MirroredMapping& MirroredMapping::operator=(MirroredMapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MirroredMapping::~MirroredMapping() {
    if (data_ != nullptr) { ::munmap(data_ - gap, 2 * size_ + 2 * gap); }
}

void prefault(const std::string& name, std::byte* data, std::uint64_t size, Access access) {
    // man 2 madvise: unlike MAP_POPULATE these report a page that cannot be had.
    const int advice = access == Access::read_write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
    while (::madvise(data, size, advice) != 0) {
        if (errno == EINTR || errno == EAGAIN) { continue; }
        if (errno == EINVAL) { return; }  // before Linux 5.14: the first lap faults pages in
        fail(described(name) + ": touch its pages", errno == EFAULT ? ENOSPC : errno);
    }
}

}  // namespace zerobuffer::platform
