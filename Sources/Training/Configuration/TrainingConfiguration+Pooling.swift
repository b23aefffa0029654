import ModelFiles

extension TrainingConfiguration {
    /// How a sparse encoder is to pool where that is not what its folder says; nil where it is.
    func spladePooling(of folder: ModelFolder) -> ModelModule.SpladePooling? {
        guard let sparseActivation else { return nil }
        var strategy = ModelModule.SpladePooling.Strategy.max
        for module in folder.modules {
            if case .spladePooling(let pooling) = module.kind { strategy = pooling.strategy }
        }
        return ModelModule.SpladePooling(
            strategy: strategy, activation: sparseActivation == .relu ? .relu : .log1pReLU)
    }
}
