import Layers
import Tensors

// The kernels and an encoder of random weights in float32, bfloat16 and int8, each as a share of what the core can do: the multiply-add peak
// that is measured between the runs. `--quick` times each line for 50 ms instead of 300; `--cpu-time`
// counts CPU time, for a busy machine; names of suites choose among them.

let quick = CommandLine.arguments.contains("--quick")
let patience: Duration = quick ? .milliseconds(50) : .milliseconds(300)

print(CPUFeatures.current)
do {
    try CPUFeatures.current.checkOverride()
} catch {
    print("error: \(error)")
}
let suites: [(String, () -> Void)] = [
    ("gemm", matrixProducts), ("cold", coldMatrixProducts), ("rows", rowKernels), ("attention", attentionHeads),
    ("encoder", encoders), ("training", trainingKernels),
]
let wanted = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("--") }
for (name, suite) in suites where wanted.isEmpty || wanted.contains(name) { suite() }
