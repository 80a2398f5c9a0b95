/// A learner of one kind, around its scaled model.
///
/// The kinds are types of their own, without parameters: what calls them through `any OnlineLearner` then runs code that the
/// compiler has specialized for the model, several times as fast as generic code.
protocol ConcreteLearner: OnlineLearner {
  associatedtype Model: OnlineModel
  var base: ScaledLearner<Model> { get set }
  init(base: ScaledLearner<Model>)
}

extension ConcreteLearner {
  static var name: String { Model.name }
  static var summary: String { Model.summary }
  var featureCount: Int { base.featureCount }
  var outputCount: Int { base.outputCount }
  var rowsLearned: Int { base.rowsLearned }
  var regularizations: [OnlineRegularization] { base.regularizations }

  init(_ model: Model, scaler: OnlineScaler) { self.init(base: ScaledLearner(model, scaler: scaler)) }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    base.predict(row, into: output)
  }

  func variance(_ row: UnsafeBufferPointer<Double>) -> Double? { base.variance(row) }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) throws { try base.learn(row, target: target) }
}

struct LinearRegressionLearner: ConcreteLearner { var base: ScaledLearner<GradientModel<SquaredLoss>> }
struct LogisticRegressionLearner: ConcreteLearner { var base: ScaledLearner<GradientModel<LogLoss>> }
struct PerceptronLearner: ConcreteLearner { var base: ScaledLearner<GradientModel<PerceptronLoss>> }
struct SoftmaxRegressionLearner: ConcreteLearner { var base: ScaledLearner<SoftmaxModel> }
struct PassiveAggressiveOnlineLearner: ConcreteLearner { var base: ScaledLearner<PassiveAggressiveModel> }
struct ApproximateLargeMarginLearner: ConcreteLearner { var base: ScaledLearner<LargeMarginModel> }
struct RecursiveLeastSquaresLearner: ConcreteLearner { var base: ScaledLearner<RecursionModel<LeastSquaresKind>> }
struct BayesianRegressionLearner: ConcreteLearner { var base: ScaledLearner<RecursionModel<BayesianKind>> }
struct ReplayNetworkLearner: ConcreteLearner { var base: ScaledLearner<NetworkModel> }
struct MajorityLearner: ConcreteLearner { var base: ScaledLearner<MajorityModel> }
struct MeanLearner: ConcreteLearner { var base: ScaledLearner<MeanModel> }
struct LastTargetLearner: ConcreteLearner { var base: ScaledLearner<LastTargetModel> }
