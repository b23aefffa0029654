/// Makes a graph of tokens fit for an index, which knows no position lengths (Lucene's `FlattenGraphFilter`): side paths are laid over
/// each other.
struct FlattenGraphFilter: TokenFilter {
    private struct Node {
        var output = -1
        var isKnown = false
        var tokens: [TokenRecord] = []
    }

    private struct Output {
        var inputs: [Int] = []
        var startOffset: Int32 = -1
        var endOffset: Int32 = -1
    }

    func apply(to batch: inout TokenBatch) {
        var nodes: [Node] = []
        var outputs: [Output] = []
        func grow(_ node: Int, _ output: Int) {
            while nodes.count <= node { nodes.append(Node()) }
            while outputs.count <= output { outputs.append(Output()) }
        }
        grow(0, 0)
        nodes[0].output = 0
        nodes[0].isKnown = true
        outputs[0].inputs = [0]
        var from = -1
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            from += Int(token.positionIncrement)
            let to = from + Int(token.positionLength)
            grow(to, 0)
            if !nodes[from].isKnown {
                // Behind a hole: a new place at the end.
                nodes[from].isKnown = true
                let place = outputs.count
                grow(to, place)
                nodes[from].output = place
                outputs[place].inputs.append(from)
                outputs[place].startOffset = token.startOffset
            } else {
                let place = nodes[from].output
                outputs[place].startOffset = max(outputs[place].startOffset, token.startOffset)
            }
            nodes[from].tokens.append(token)
            nodes[to].isKnown = true
            let end = nodes[from].output + 1
            grow(to, end)
            if end > nodes[to].output {
                if nodes[to].output >= 0 { outputs[nodes[to].output].inputs.removeAll { $0 == to } }
                outputs[end].inputs.append(to)
                nodes[to].output = end
            }
            let place = nodes[to].output
            if outputs[place].endOffset < 0 || token.endOffset < outputs[place].endOffset {
                outputs[place].endOffset = token.endOffset
            }
        }
        batch.spare.removeAll()
        var last = -1
        var lastStart: Int32 = 0
        for (place, output) in outputs.enumerated() {
            for node in output.inputs {
                for token in nodes[node].tokens {
                    var token = token
                    let end = nodes[node + Int(token.positionLength)].output
                    token.positionIncrement = Int32(place - last)
                    token.positionLength = Int32(end - place)
                    last = place
                    token.startOffset = max(lastStart, output.startOffset)
                    token.endOffset = max(token.startOffset, outputs[end].endOffset)
                    lastStart = token.startOffset
                    batch.spare.append(token)
                }
            }
        }
        batch.useSpare()
    }
}
