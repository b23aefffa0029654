import ModelFiles

/// How to use a model, in sentence-transformers, transformers and Needletail.
extension CardText {
    var usage: String {
        """
        ## How to use it

        `MODEL` is the folder of this model, or its name on the hub.

        ### Needletail

        \(Self.code("sh", needletail))

        ### sentence-transformers

        \(Self.code("python", sentenceTransformers))

        ### transformers

        \(Self.code("python", transformers))
        """
    }

    private var needletail: String {
        switch facts.task {
        case .crossEncoder:
            "needletail rerank --model MODEL --query \"how do I reset my password\" --texts texts.txt\nneedletail serve --model MODEL"
        case .sparse, .sparseQuery:
            "needletail encode-sparse --model MODEL --as document --file texts.txt\nneedletail serve --model MODEL"
        case .dense: "needletail embed --model MODEL --file texts.txt\nneedletail serve --model MODEL"
        }
    }

    private var sentenceTransformers: String {
        switch facts.task {
        case .crossEncoder:
            """
            from sentence_transformers import CrossEncoder

            model = CrossEncoder("MODEL")
            scores = model.predict([("how do I reset my password", "Choose Forgot password on the sign-in page.")])
            """
        case .sparse, .sparseQuery:
            """
            from sentence_transformers import SparseEncoder

            model = SparseEncoder("MODEL")
            queries = model.encode_query(["how do I reset my password"])
            documents = model.encode_document(["Choose Forgot password on the sign-in page."])
            print(model.similarity(queries, documents))
            """
        case .dense:
            """
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer("MODEL")
            vectors = model.encode(["how do I reset my password", "Choose Forgot password on the sign-in page."])
            print(model.similarity(vectors[:1], vectors[1:]))
            """
        }
    }

    private var transformers: String {
        switch facts.task {
        case .crossEncoder:
            """
            from transformers import AutoModelForSequenceClassification, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained("MODEL")
            model = AutoModelForSequenceClassification.from_pretrained("MODEL")
            pair = ("how do I reset my password", "Choose Forgot password on the sign-in page.")
            logits = model(**tokenizer(*pair, truncation=True, return_tensors="pt")).logits
            """
        case .sparse, .sparseQuery:
            """
            from transformers import AutoModelForMaskedLM, AutoTokenizer

            folder = "\(facts.isInferenceFree ? "MODEL/document_0_MLMTransformer" : "MODEL")"
            tokenizer = AutoTokenizer.from_pretrained(folder)
            model = AutoModelForMaskedLM.from_pretrained(folder)
            inputs = tokenizer("Choose Forgot password on the sign-in page.", truncation=True, return_tensors="pt")
            logits = model(**inputs).logits  # then: \(facts.steps.first ?? "")
            """
        case .dense:
            """
            from transformers import AutoModel, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained("MODEL")
            model = AutoModel.from_pretrained("MODEL")
            inputs = tokenizer("how do I reset my password", truncation=True, return_tensors="pt")
            tokens = model(**inputs).last_hidden_state  # then: \(facts.steps.joined(separator: ", "))
            """
        }
    }
}
