// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the fake library of NVIDIA's driver says: a test finds it in the loaded library as `fake_nvml_state`.
struct FakeNvml {
    struct Process {
        unsigned int pid;
        unsigned long long memory_bytes;
        unsigned int percent;
    };
    struct Gpu {
        const char* name;
        unsigned long long total_bytes;
        unsigned long long used_bytes;
        unsigned int percent;
        unsigned int process_count;
        Process processes[40];
        unsigned long long time_us;  ///< of the processes' last samples
    };
    int init_code = 0;
    int starts = 0;    ///< less the shutdowns
    int use_code = 0;  ///< of all functions that ask about a GPU's use
    unsigned int gpu_count = 0;
    Gpu gpus[2] = {};
};
