// Writes hnswlib.json: what hnswlib finds among points that the tests make as well.
//
//     apt-get install libhnswlib-dev
//     g++ -O2 -std=c++17 make_hnswlib.cpp -o /tmp/make_hnswlib && /tmp/make_hnswlib > hnswlib.json
//
// Points: SplitMix64 from seed 7; a number is (next >> 40) / 2^24 * 2 - 1. First 64 centres, then points, then queries: point i is
// centre i % 64 plus 0.35 times random numbers, dimension after dimension.
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

static uint64_t state = 7;

static float number() {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return (float)(z >> 40) / 16777216.0f * 2 - 1;
}

int main() {
    const size_t n = 8000, queries = 200, dimension = 24, k = 10, m = 8, ef_construction = 60;
    std::vector<float> centres(64 * dimension), points(n * dimension), asked(queries * dimension);
    for (float &x : centres) x = number();
    for (size_t i = 0; i < n * dimension; i++) points[i] = centres[i / dimension % 64 * dimension + i % dimension] + 0.35f * number();
    for (size_t i = 0; i < queries * dimension; i++) asked[i] = centres[i / dimension % 64 * dimension + i % dimension] + 0.35f * number();
    hnswlib::L2Space space(dimension);
    hnswlib::HierarchicalNSW<float> graph(&space, n, m, ef_construction);
    hnswlib::BruteforceSearch<float> all(&space, n);
    for (size_t i = 0; i < n; i++) {
        graph.addPoint(points.data() + i * dimension, i);
        all.addPoint(points.data() + i * dimension, i);
    }
    printf("{\"points\": %zu, \"queries\": %zu, \"dimension\": %zu, \"k\": %zu, \"m\": %zu, \"ef_construction\": %zu, \"recall\": {",
           n, queries, dimension, k, m, ef_construction);
    const int widths[] = {10, 20, 40, 80};
    for (int w = 0; w < 4; w++) {
        graph.setEf(widths[w]);
        size_t found = 0;
        for (size_t q = 0; q < queries; q++) {
            auto truth = all.searchKnn(asked.data() + q * dimension, k);
            auto got = graph.searchKnn(asked.data() + q * dimension, k);
            std::vector<size_t> wanted;
            while (!truth.empty()) wanted.push_back(truth.top().second), truth.pop();
            while (!got.empty()) {
                found += std::count(wanted.begin(), wanted.end(), got.top().second);
                got.pop();
            }
        }
        printf("%s\"%d\": %.4f", w ? ", " : "", widths[w], (double)found / (double)(queries * k));
    }
    auto first = all.searchKnn(asked.data(), k);
    std::vector<size_t> nearest;
    while (!first.empty()) nearest.push_back(first.top().second), first.pop();
    std::reverse(nearest.begin(), nearest.end());
    printf("}, \"first\": [");
    for (size_t i = 0; i < nearest.size(); i++) printf("%s%zu", i ? ", " : "", nearest[i]);
    printf("]}\n");
}
