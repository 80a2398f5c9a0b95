extension ConfigDescriptions {
  /// Part 2 of the doc comments.
  static let table2 = #"""
    ExperimentConfiguration.baseline: Name of the inference arm that the others are compared with; by default the first with strategy `none`.
    ExperimentConfiguration.data: Where rows come from and how they reach the network.
    ExperimentConfiguration.description: What the experiment asks, for the report.
    ExperimentConfiguration.domains: Domains that several scenarios go through: each says `domains: shared`.
    ExperimentConfiguration.expect: Figures that the run is expected to reach.
    ExperimentConfiguration.inference: The inference arms.
    ExperimentConfiguration.latencySeconds: Seconds that a latency figure is measured for at most, besides a third of that to warm up; 0 measures none. The 99th percentile needs 662 calls in that time.
    ExperimentConfiguration.monitors: What watches every arm and tells of alarms; by default `collapse` for classification, nothing for regression.
    ExperimentConfiguration.name: Name of the experiment; letters, digits, `-` and `_`, because run folders carry it.
    ExperimentConfiguration.network: The network that all training arms train, unless an arm has its own.
    ExperimentConfiguration.scenarios: The streams of shifted data.
    ExperimentConfiguration.seeds: Every arm runs once with each seed.
    ExperimentConfiguration.training: The training arms.
    ExponentialDecay.Configuration.decay: What each epoch or step multiplies the rate by.
    ExponentialDecay.Configuration.per: Whether the rate falls with each epoch or each step.
    FTAT.Configuration.asPublished: Whether entropy and prior are computed as in the published code.
    FTAT.Configuration.confidence: The probability above which a row is confident, for the prior.
    FTAT.Configuration.disagreement: The largest share of neighbors of the other label with which a row is learned from.
    FTAT.Configuration.learningRates: The learning rate of each copy.
    FTAT.Configuration.optimizer: The rule of the steps; its own learning rate is not used.
    FTAT.Configuration.smoothing: The share by which the prior moves with each batch.
    FTAT.Configuration.statistics: Which statistics batch norm uses.
    FeatureDropout.fill: What takes its place.
    FeatureDropout.probability: How likely each feature of each row is replaced, independently of the others.
    FeatureDropoutView.Configuration.probability: The probability of each input.
    FeatureSelection.Configuration.control: How it is controlled.
    FeatureSelection.Configuration.explainsByOthers: Whether a mean that moved as the other inputs' means say it should is no break.
    FeatureSelection.Configuration.factors: How the covariance is held: whole, or as a low rank plus a diagonal.
    FeatureSelection.Configuration.falseDiscoveryRate: The expected share of false alarms among the alarms of a batch, at most.
    FeatureSelection.Configuration.findsSwaps: Whether inputs that changed places are looked for.
    FeatureSelection.Configuration.maximumShare: Share of inputs that may be left out at most.
    FeatureSelection.Configuration.meanShift: Shift of an input's mean, in source deviations, above which it may count as broken.
    FeatureSelection.Configuration.recover: Rows that an input must pass before it is taken back.
    FeatureSelection.Configuration.repairs: Whether shifted, rescaled and swapped inputs are turned back and used, in the place of being left out.
    FeatureSelection.Configuration.replacement: What stands in the place of what is left out.
    FeatureSelection.Configuration.ridge: The penalty l2 that the regression was trained with, for `replacement: resolve`.
    FeatureSelection.Configuration.shrinkage: Added to the diagonal of the covariance, as a share of each input's variance.
    FeatureSelection.Configuration.test: The test of single inputs; all but `moments` need values of training inputs, which model files keep.
    FeatureSelection.Configuration.varianceRatio: Factor by which an input's variance must grow or shrink to count as broken.
    FeatureSelection.Configuration.window: Rows after which an old row counts for 1/e in the size of a change; a test is of as many last rows.
    FeatureShift.Configuration.decay: Weight of the past in the moving average, from 0 to 1.
    FeatureShift.Configuration.strength: The share of the difference by which features move.
    FisherPenalty.Configuration.batch: Rows per batch.
    FisherPenalty.Configuration.rows: Training rows that F is computed from, at most.
    FisherPenalty.Configuration.weight: Weight β of the penalty. Published: 2000 on ImageNet with SGD at 0.00025; 1 on CIFAR-10 with Adam at 0.001.
    GDFS.Configuration.batchSize: Rows of a batch.
    GDFS.Configuration.costs: What inputs cost, by their names; 1 for one that is not named.
    GDFS.Configuration.curve: The budgets of the curve of quality against the number of inputs, ascending.
    GDFS.Configuration.decay: What the learning rate falls by.
    GDFS.Configuration.dropout: Share of hidden units that are dropped while learning.
    GDFS.Configuration.endTemperature: The last temperature of the relaxed choice.
    GDFS.Configuration.epochs: The most passes of both networks at each temperature.
    GDFS.Configuration.hidden: Widths of the hidden layers of both networks.
    GDFS.Configuration.learningRate: The learning rate of Adam.
    GDFS.Configuration.patience: Epochs without improvement that are borne before the learning rate falls; two more end a phase.
    GDFS.Configuration.predictorEpochs: The most passes of the predictor alone.
    GDFS.Configuration.startTemperature: The first temperature of the relaxed choice.
    GDFS.Configuration.stop: When a row stops acquiring; a budget or a confidence.
    GDFS.Configuration.temperatures: Temperatures from the first to the last, in equal ratios.
    GDFS.Configuration.trainingInputs: The most inputs that a row acquires while both networks learn.
    GaussianLinear.intercept: The target at inputs of 0.
    GaussianLinear.means: The mean of each input; 0 where they are left out.
    GaussianLinear.noise: Deviation of what the inputs do not explain.
    GaussianLinear.rows: Number of rows.
    GaussianLinear.variances: The variance of each input.
    GaussianLinear.weights: The weight of each input.
    GaussianNoise.standardDeviation: Deviation of the noise, in `unit`.
    GaussianNoise.unit: What the deviation is measured in.
    GeneralizedCrossEntropy.Configuration.exponent: The exponent q, above 0 and at most 1.
    GradientClipping.limit: The limit.
    GradientLearner.Configuration.interceptLearningRate: The step size of the intercept, which descends without the optimizer.
    GradientLearner.Configuration.l2: L2 penalty of the weights, not of the intercept.
    GradientLearner.Configuration.optimizer: The rule of the weights.
    GradientLearner.Configuration.scaler: How features are scaled.
    GradientLearner.PerceptronConfiguration.l2: L2 penalty of the weights, not of the intercept.
    GradientLearner.PerceptronConfiguration.scaler: How features are scaled.
    GreedyInformation.Configuration.costs: What inputs cost, by their names; 1 for one that is not named.
    GreedyInformation.Configuration.curve: The budgets of the curve of quality against the number of inputs, ascending.
    GreedyInformation.Configuration.kind: What the information is computed of.
    GreedyInformation.Configuration.levels: The most levels of an input that is counted; one of more values is cut into ranges of equally many rows.
    GreedyInformation.Configuration.shrinkage: Added to each variance of a Gaussian, as a share of it.
    GreedyInformation.Configuration.stop: When a row stops acquiring.
    HeldOutConfiguration.Fraction.fraction: The share, above 0 and below 1.
    HeldOutConfiguration.Rows.path: Path of the rows, relative to the config file: one number a line, from 0; `{seed}` stands for the seed.
    HighConfidenceMemory.Configuration.capacity: Rows that are kept at most, at least 1.
    HighConfidenceMemory.Configuration.confidence: The confidence that a row must have, from 0 to 1.
    HighConfidenceMemory.Configuration.every: Rows of the stream between two steps, at least 1; they count whether they are kept or not.
    HousePrices.marketDrift: Relative growth of all coefficients a month: 0.01 is one percent.
    HousePrices.months: Length of the time that the rows cover evenly, in months.
    HousePrices.noise: Deviation of what the equation does not explain, in thousands of dollars.
    HousePrices.regionChangeSpan: How long the change takes, as a fraction of the time; 0 is sudden.
    HousePrices.regionChangeStrength: How far the region changes: 0 not at all, 1 as in the table above, at most 2.
    HousePrices.regionChangeTime: When the region begins to change, as a fraction of the time, in `0...1`.
    HousePrices.rows: Number of houses, in the order of their sale.
    Hyperplane.driftEvery: Rows of a concept; 0 has one concept only.
    Hyperplane.features: Number of inputs.
    Hyperplane.noise: Deviation of what the equation does not explain, or the probability that a class is flipped.
    Hyperplane.rows: Number of rows.
    ImageBlurView.Configuration.deviation: The largest standard deviation, in pixels.
    ImageContrastView.Configuration.change: The largest change of the factor, which lies between 1 less this and 1 more.
    ImageRotationView.Configuration.degrees: The largest angle in degrees, in either direction.
    ImageShape.height: Rows of pixels.
    ImageShape.width: Columns of pixels.
    ImageShiftView.Configuration.pixels: The most pixels, right or left and up or down.
    ImportanceWeighting.Configuration.estimator: How the ratio of densities is estimated.
    ImportanceWeighting.Configuration.every: Rows of the target between two solutions; the first comes with as many.
    ImportanceWeighting.Configuration.kernels: The most kernels.
    ImportanceWeighting.Configuration.l2: The penalty on squared weights, as in ridge regression.
    ImportanceWeighting.Configuration.minimumRows: The effective sample size below which the model answers as trained.
    ImportanceWeighting.Configuration.target: Which target rows it is estimated from.
    ImportanceWeighting.Configuration.window: The most rows of the target that a solution is made from, and the most training rows that the ratio is.
    Imputation.Constant.value: The number.
    ImputationSettings.categorical: In columns of categories.
    ImputationSettings.columns: In single columns, whatever the others have.
    ImputationSettings.indicators: Whether a column of numbers in which the training part has missing values gets a second input: 1 where it was missing.
    ImputationSettings.numeric: In columns of numbers.
    InferenceArmConfiguration.choose: How its settings are found among several; without it they are taken as they stand.
    InferenceArmConfiguration.intervals: Intervals about its answers; nil gives none.
    InferenceArmConfiguration.name: Name in tables; by default the strategy's.
    InferenceArmConfiguration.student: A student that is distilled from the trained network and serves in its place; nil serves the network itself.
    InformationMaximization.Configuration.epsilon: ε in the logarithm, above 0.
    IntervalConfiguration.AdaptiveConformal.level: The share of targets that the intervals are meant to hold in the long run.
    IntervalConfiguration.AdaptiveConformal.rate: How far a label moves the level that is asked of the scores; higher follows faster and swings more.
    IntervalConfiguration.AdaptiveConformal.window: The number of last scores that the half width is taken from.
    IntervalConfiguration.SplitConformal.level: The share of targets that the intervals are meant to hold.
    InverseTimeDecay.Configuration.decay: The inverse of the time after which the rate is half.
    InverseTimeDecay.Configuration.per: Whether the rate falls with each epoch or each step.
    Jitter.pixels: The largest move in each of the four directions.
    KalmanEnsembling.Configuration.hiddenMomentum: α: weight of the hidden model against the source's, from 0 to 1.
    KalmanEnsembling.Configuration.momentum: γ: weight of the adapted parameters against the hidden model's, from 0 to 1.
    KalmanEnsembling.Configuration.noise: q: how much of what the steps bring the hidden model takes up, at least 0; below 1 once it is scaled.
    KalmanEnsembling.Configuration.scalesNoise: Whether q is multiplied by the number of adapted parameters over 38400.
    LabelDistributionHandler.Configuration.lowerQuantile: The share of the rows of a batch that count as certain.
    LabelDistributionHandler.Configuration.smoothing: The weight α of the past, from 0 to 1.
    LabelDistributionHandler.Configuration.upperQuantile: The share of the rows of a batch that do not count as uncertain.
    LaplacianCorrection.Configuration.affinity: Which rows are to agree.
    LaplacianCorrection.Configuration.iterations: The most rounds.
    LaplacianCorrection.Configuration.neighbors: The number of neighbors k: without the row itself for `knn`, with it for `rbf`.
    LaplacianCorrection.Configuration.normalized: Whether each row of the affinity is divided by the sum of its absolute values.
    LaplacianCorrection.Configuration.symmetric: Whether the affinity is replaced by the mean of itself and its transpose.
    LaplacianCorrection.Configuration.tolerance: The rounds end when the energy changes by no more than this share of itself.
    LaplacianCorrection.Configuration.weight: The weight λ of agreement.
    LargeMarginLearner.Configuration.alpha: How close to the largest margin, above 0 and at most 1: the margin is at least (1 − alpha) of it.
    LargeMarginLearner.Configuration.b: Scale of the margin that is asked for, above 0.
    LargeMarginLearner.Configuration.c: Scale of the step, above 0.
    LargeMarginLearner.Configuration.scaler: How features are scaled.
    LeastSquaresLearner.Configuration.covarianceLimit: How many times its start the variance of a weight may reach, at least 1: reached only by forgetting without news.
    LeastSquaresLearner.Configuration.forgetting: Weight of the past per row, above 0 and at most 1; 1 forgets nothing, 0.99 remembers about 100 rows.
    LeastSquaresLearner.Configuration.initialCovariance: One over the ridge penalty on the weights, which start at 0.
    LeastSquaresLearner.Configuration.intercept: Whether there is an intercept.
    LeastSquaresLearner.Configuration.scaler: How features are scaled. Running moments scale early rows by other factors than late ones, which this model, unlike those with a learning rate, does not need.
    LinearWarmup.Configuration.length: Epochs or steps until the full learning rate.
    LinearWarmup.Configuration.per: Whether `length` counts epochs or steps; what comes then must count the same.
    LinearWarmup.Configuration.start: The factor at the start.
    LinearWarmup.Configuration.then: What comes then.
    LongTail.exponent: The power of `zipf`, at least 0.
    LongTail.prior: How frequency falls with the rank.
    LongTail.ratio: The quotient of the two frequencies of `step`, at least 1.
    MarginalEntropy.Configuration.views: Views of each row.
    MemorySettings.capacity: Rows that are kept at most, at least 1.
    MemorySettings.every: Rows of the stream between two steps, at least 1; they count whether they are kept or not.
    MissingSensors.fill: What stands in the place of their values.
    MissingSensors.fraction: The share of the features, rounded to whole features, at least one unless it is 0; nil for that of the severity.
    MissingSensors.severity: From 1 to 5: 10, 20, 30, 40 and 50 % of the features.
    MissingSensors.start: The share of the stream after which they fall out.
    Missingness.probability: How likely each value of each row is taken out; nil for that of the severity.
    Missingness.severity: From 1 to 5: 2, 5, 10, 20 and 40 % of the values.
    MomentMatching.Configuration.sourceBatch: Training rows per batch, whose moments are averaged as the published code does; nil for all rows at once.
    MonteCarloDropout.Configuration.precision: The inverse variance τ of the target about each pass, in the inverse square of the target's unit; nil gives no distribution. Regression with one output only.
    MonteCarloDropout.Configuration.samples: Passes T, at least 1.
    MovingNormalization.Configuration.asPublished: Whether a pass with the batch's own statistics moves the average first, and a second answers.
    MovingNormalization.Configuration.learnsByBatch: Whether a pass that is learned from is normalized by the batch alone, as in training, and the average only moves with it, for answers without a step.
    MovingNormalization.Configuration.momentum: Weight m of a new batch, from 0 to 1.
    MovingNormalization.Configuration.variance: Whether the variance of a batch is divided by n or n − 1.
    NAdam.Configuration.beta1: Decay of the first moment.
    NAdam.Configuration.beta2: Decay of the second moment.
    NAdam.Configuration.epsilon: Added to the root.
    NAdam.Configuration.learningRate: The step size.
    NAdam.Configuration.momentumDecay: How fast the weight of the momentum grows from half of beta1 to beta1.
    NAdam.Configuration.weightDecay: L2 penalty, added to the gradient.
    NetworkConfiguration.activation: The function between the layers.
    NetworkConfiguration.batchNorm: Whether each hidden layer has batch norm.
    NetworkConfiguration.dropout: Probability with which a hidden unit is dropped in training, from 0 to below 1.
    NetworkConfiguration.hidden: Widths of the hidden layers.
    NetworkConfiguration.hiddenBias: Whether hidden linear layers have a bias. Batch norm takes it away in training; what adapts at inference, by the running statistics, moves it like the shift of batch norm.
    NetworkConfiguration.inputDropout: Probability with which an input is dropped in training, from 0 to below 1; for `linear` too.
    NetworkConfiguration.kind: The kind of network; `hidden` to `dropout` and `hiddenBias` count for `mlp` only.
    NetworkLearner.Configuration.activation: What follows each of them; not looked at where a network is given.
    NetworkLearner.Configuration.hidden: Widths of the hidden layers; not looked at where a network is given.
    NetworkLearner.Configuration.memory: Rows that the memory holds; 0 for none.
    NetworkLearner.Configuration.optimizer: The rule of the parameters.
    NetworkLearner.Configuration.replay: Rows of the memory in each step.
    NetworkLearner.Configuration.scaler: How features are scaled.
    NetworkLearner.Configuration.standardizesTargets: Whether targets of a regression are standardized; a given network may answer in the targets' own unit.
    NoiseView.Configuration.standardDeviation: Standard deviation, in units of the preprocessed inputs.
    ObjectiveChoice.weight: Its weight in the loss.
    OffsetDrift.amount: The offset in the last row, in deviations of the source; nil for that of the severity.
    OffsetDrift.severity: From 1 to 5: 0.25, 0.5, 1, 1.5 and 2 deviations of the source in the last row.
    OnAlarm.Configuration.action: What is done.
    OnAlarm.Configuration.cooldown: Batches after a reset or a lower rate in which nothing more is done; batches without an alarm after which the source model no longer answers.
    OnAlarm.Configuration.monitors: What watches.
    OneCycle.Configuration.finalDivisor: The rate at the start over that at the end.
    OneCycle.Configuration.initialDivisor: The maximum over the rate at the start.
    OneCycle.Configuration.per: Whether the rate changes with each epoch or each step.
    OneCycle.Configuration.warmupShare: The part of the time in which the rate rises.
    OneOf.per: What a choice is made for.
    OneOf.shifts: The shifts, at least one.
    OneOf.unchanged: Probability that nothing is changed, `0...1`.
    OnlineExperimentConfiguration.description: What the experiment asks, for the report.
    OnlineExperimentConfiguration.expect: Figures that the run is expected to reach.
    OnlineExperimentConfiguration.learners: The learners; the baselines are beside them in every table.
    OnlineExperimentConfiguration.name: Name of the experiment; letters, digits, `-` and `_`, because run folders carry it.
    OnlineExperimentConfiguration.seeds: What depends on chance runs once with each seed: networks, missing labels, generated streams.
    OnlineExperimentConfiguration.streams: The streams.
    OnlineLearnerArmConfiguration.detector: What watches the errors; nil for nothing.
    OnlineLearnerArmConfiguration.learner: The learner.
    OnlineLearnerArmConfiguration.name: Name in tables.
    OnlineLearnerArmConfiguration.recovery: What an alarm does.
    OnlineLearnerArmConfiguration.streams: The streams that it runs on; nil for all of its task.
    OnlineLearning.Configuration.learner: The learner.
    """#
}
