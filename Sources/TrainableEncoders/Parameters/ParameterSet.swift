public import Tensors

/// All parameters of a model with their gradients: one flat buffer each.
///
/// A parameter takes the same range of both buffers; ranges begin on 64-byte boundaries, and the floats between them stay
/// zero. Names are those of the model's files, so that a folder written from here loads wherever the source did. Tensors of
/// those files that the task does not use (a pooler that nobody reads) are not here.
///
/// Not for several threads at once, except where a function says so.
public final class ParameterSet {
    /// One tensor.
    public struct Parameter: Sendable, Hashable {
        /// As in the file, prefix and all.
        public let name: String
        /// The folder of the file inside the model folder: empty for the transformer's own weights, `2_Dense` for a module's.
        public let folder: String
        /// Other names under which the file repeats the same values (a tied decoder); whoever writes the file writes or omits
        /// all of them.
        public internal(set) var copies: [String]
        /// Row-major, outermost dimension first.
        public let shape: [Int]
        /// Where the values and the gradient are.
        public let range: Range<Int>
        /// Whether weight decay applies: not to biases and to norms, by the rule of transformers.
        public let decays: Bool
        /// Whether rows are looked up by number, so that a step may leave most of them without a gradient.
        public let isTable: Bool
        /// Whether the file has no such tensor: its first values were drawn at random.
        public let isNew: Bool

        /// The first dimension; 1 for a scalar.
        public var rows: Int { shape.first ?? 1 }
        /// Floats of a row.
        public var rowWidth: Int { rows == 0 ? 0 : range.count / rows }
    }

    /// In the order of the buffers.
    public let parameters: [Parameter]
    /// The values; whoever changes them calls ``TrainableModel/parametersChanged()``.
    public let values: FloatBuffer
    /// The sum of the gradients since ``clearGradients()``.
    public let gradients: FloatBuffer

    /// The rows of each table that have gradients, by the table's number among the parameters.
    private var rows: [Int: TableRows] = [:]

    init(_ parameters: [Parameter], values: FloatBuffer) {
        self.parameters = parameters
        self.values = values
        gradients = FloatBuffer(count: values.count)
        for (number, parameter) in parameters.enumerated() where parameter.isTable {
            rows[number] = TableRows(count: parameter.rows)
        }
    }

    /// The number of parameters of all tensors.
    public var count: Int { parameters.reduce(0) { $0 + $1.range.count } }

    /// The number of the parameter of a name in the transformer's file, or nil.
    public func index(of name: String, folder: String = "") -> Int? {
        parameters.firstIndex { $0.name == name && $0.folder == folder }
    }

    /// The values of a parameter as a matrix of its rows.
    public func values(of index: Int) -> MatrixView { matrix(values, index) }

    /// The gradient of a parameter as a matrix of its rows.
    public func gradient(of index: Int) -> MatrixView { matrix(gradients, index) }

    private func matrix(_ buffer: FloatBuffer, _ index: Int) -> MatrixView {
        let parameter = parameters[index]
        return MatrixView(buffer.base + parameter.range.lowerBound, rows: parameter.rows, columns: parameter.rowWidth)
    }

    /// The rows of a table that have a gradient since ``clearGradients()``, ascending; all rows of other parameters.
    public func touchedRows(of index: Int) -> RowSelection {
        rows[index]?.touched() ?? .all(parameters[index].rows)
    }

    /// The rows of a table that had a gradient in any step so far, ascending; all rows of other parameters.
    ///
    /// The moments of all other rows are zero: without weight decay an optimiser has nothing to do there.
    public func activeRows(of index: Int) -> RowSelection {
        rows[index]?.active() ?? .all(parameters[index].rows)
    }

    /// Notes rows of a table that had a gradient before, in a run that goes on.
    public func activate(_ active: RowSelection, of index: Int) {
        rows[index]?.activate(active)
    }

    /// Notes that rows of a table have a gradient from now on.
    func touch(_ touched: RowSelection, of index: Int) {
        rows[index]?.touch(touched)
    }

    /// Sets all gradients to zero; of tables only the rows that have one.
    public func clearGradients() {
        for (number, parameter) in parameters.enumerated() {
            let gradient = gradient(of: number)
            switch touchedRows(of: number) {
            case .all: gradient.base.update(repeating: 0, count: parameter.range.count)
            case .some(let touched):
                for row in touched { gradient[Int(row)].update(repeating: 0) }
            }
            rows[number]?.clear()
        }
    }
}
