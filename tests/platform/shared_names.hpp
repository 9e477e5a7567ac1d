// SPDX-License-Identifier: MIT
// A name of its own for every test in the shared-memory folder, and a check that nothing of it stays behind.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "platform/shared_file.hpp"

namespace zerobuffer::platform {

/// Permission bits of a file, 0 if there is none.
inline unsigned mode_of(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

/// All names of a file in the folder, hidden ones included.
inline std::vector<std::string> names_of(const FileFacts& file) {
    std::vector<std::string> names;
    for (const std::string& name : shared_names()) {
        if (name_means(name, file)) { names.push_back(name); }
    }
    return names;
}

class WithName : public testing::Test {
protected:
    void TearDown() override {
        std::vector<std::string> left;
        for (const std::string& name : shared_names()) {
            if (name.find(name_) == std::string::npos) { continue; }
            left.push_back(name);
            remove_shared_name(name);
        }
        EXPECT_THAT(left, testing::IsEmpty());
    }
    [[nodiscard]] std::string path() const { return "/dev/shm/" + name_; }
    /// Another open file description of the file under the name of the test.
    [[nodiscard]] FileDescriptor open_again() const {
        FileDescriptor descriptor(::open(path().c_str(), O_RDWR | O_CLOEXEC));
        EXPECT_TRUE(descriptor);
        return descriptor;
    }
    /// A file of that size under the name of the test.
    [[nodiscard]] SharedFile make(std::uint64_t size) const {
        SharedFile file = SharedFile::create(name_, size, 0600);
        EXPECT_TRUE(file.appear());
        return file;
    }

    const std::string name_ = "platform-" + std::to_string(::getpid()) + "-" + std::to_string(++count_) + "-";

private:
    static inline int count_ = 0;
};

}  // namespace zerobuffer::platform
