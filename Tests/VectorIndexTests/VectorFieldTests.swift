import Testing
import VectorIndex

@Suite struct VectorFieldTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    @Test func documentsAreRefusedInOpenSearchsWords() throws {
        let cosine = try VectorField(dimension: 3, space: .cosinesimil)
        #expect(message { try cosine.checkDocument([1, 2]) } == "Vector dimension mismatch. Expected: 3, Given: 2")
        #expect(message { try cosine.checkDocument([1, .nan, 2]) } == "KNN vector values cannot be NaN")
        #expect(message { try cosine.checkDocument([1, -.infinity, 2]) } == "KNN vector values cannot be infinity")
        #expect(
            message { try cosine.checkDocument([0, -0.0, 0]) }
                == "zero vector is not supported when space type is [cosinesimil]")
        // So short that float32 has no length for it.
        #expect(
            message { try cosine.checkDocument([.leastNormalMagnitude / 8, 0, .leastNonzeroMagnitude]) }
                == "zero vector is not supported when space type is [cosinesimil]")
        #expect(message { try cosine.checkDocument([1e-37, 0, 0]) } == "")
        let bytes = try VectorField(dimension: 2, element: .byte, space: .l2)
        #expect(message { try bytes.checkDocument([0, 0]) } == "")
        #expect(
            message { try bytes.checkDocument([1.5, 0]) }
                == "[data_type] field was set as [byte] in index mapping. But, KNN vector values are floats instead of byte integers"
        )
        #expect(
            message { try bytes.checkDocument([1, 128]) }
                == "[data_type] field was set as [byte] in index mapping. But, KNN vector values are not within in the byte range [-128, 127]"
        )
        let bits = try VectorField(dimension: 16, element: .binary, space: .hamming)
        #expect(
            message { try bits.checkDocument([1]) }
                == "The dimension of the binary vector must be 8 times the length of the provided vector. Expected: 16, Given: 8"
        )
    }

    @Test func queriesAreRefusedInOpenSearchsWords() throws {
        let field = try VectorField(dimension: 3, space: .l2)
        #expect(
            message { try field.checkQuery([1, 2]) } == "Query vector has invalid dimension: 2. Dimension should be: 3")
        #expect(message { try field.checkQuery([]) } == "[knn] query vector is empty")
        #expect(message { _ = try field.radius(minimumScore: 0) } == "[knn] requires minScore to be greater than 0")
        #expect(
            message { _ = try field.radius(minimumScore: 1.5) }
                == "[knn] requires score to be in the range [0, 1] for space type: L2")
        #expect(
            message { _ = try field.radius(maximumDistance: -1) }
                == "[knn] requires distance to be non-negative for space type: L2")
        let product = try VectorField(dimension: 3, space: .innerproduct)
        try #expect(product.radius(minimumScore: 3) == -2)
        try #expect(product.radius(maximumDistance: -4) == -4)
        let bits = try VectorField(dimension: 8, element: .binary, space: .hamming)
        #expect(message { _ = try bits.radius(minimumScore: 0.5) } == "Binary data type does not support radial search")
    }

    @Test func fieldsAreRefusedInOpenSearchsWords() {
        #expect(message { _ = try VectorField(dimension: 0, space: .l2) }.contains("must be greater than 0"))
        #expect(message { _ = try VectorField(dimension: 16_001, space: .l2) }.contains("cannot be greater than 16000"))
        #expect(
            message { _ = try VectorField(dimension: 8, element: .binary, space: .l2) }
                == "Space type [l2] is not supported with [binary] data type")
        #expect(
            message { _ = try VectorField(dimension: 8, space: .hamming) }
                == "Space type [hamming] is not supported with [float] data type")
        #expect(
            message { _ = try VectorField(dimension: 9, element: .binary, space: .hamming) }
                == "Dimension should be multiply of 8 for binary vector data type")
    }
}
