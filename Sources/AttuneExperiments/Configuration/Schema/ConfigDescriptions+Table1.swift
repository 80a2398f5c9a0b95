extension ConfigDescriptions {
  /// Part 1 of the doc comments.
  static let table1 = #"""
    AccuracyEstimateMonitor.Configuration.drop: By how much the mean of the last five estimates is below that of the five before where it is an alarm.
    AccuracyEstimateMonitor.Configuration.floor: The estimated accuracy below which it is an alarm.
    AccuracyEstimateMonitor.Configuration.passes: Passes with dropout per batch.
    AccuracyEstimateMonitor.Configuration.rate: Probability with which a unit is dropped; nil for 0.4 with up to 10 classes, 0.3 with up to 100, else 0.2.
    AcquisitionStop.Budget.budget: The most that the inputs of a row may cost together; 0 acquires none.
    AcquisitionStop.Confidence.probability: Probability of the most probable class from which on a row stops.
    AcquisitionStop.Penalty.lambda: Nats that a unit of cost must bring.
    Adadelta.Configuration.epsilon: Added to both averages under the root.
    Adadelta.Configuration.learningRate: The step size.
    Adadelta.Configuration.rho: Decay of both running means.
    Adadelta.Configuration.weightDecay: L2 penalty, added to the gradient.
    Adagrad.Configuration.epsilon: Added to the root.
    Adagrad.Configuration.learningRate: The step size.
    Adagrad.Configuration.learningRateDecay: Lowers the learning rate as the inverse of the number of steps.
    Adagrad.Configuration.weightDecay: L2 penalty, added to the gradient.
    Adam.Configuration.amsgrad: Whether the largest second moment so far stands for the present one.
    Adam.Configuration.beta1: Decay of the first moment.
    Adam.Configuration.beta2: Decay of the second moment.
    Adam.Configuration.epsilon: Added to the root of the second moment.
    Adam.Configuration.learningRate: The step size.
    Adam.Configuration.weightDecay: L2 penalty, added to the gradient.
    AdamW.Configuration.amsgrad: Whether the largest second moment so far stands for the present one.
    AdamW.Configuration.beta1: Decay of the first moment.
    AdamW.Configuration.beta2: Decay of the second moment.
    AdamW.Configuration.epsilon: Added to the root of the second moment.
    AdamW.Configuration.learningRate: The step size.
    AdamW.Configuration.weightDecay: Decay of the parameters themselves, times the learning rate.
    Adamax.Configuration.beta1: Decay of the first moment.
    Adamax.Configuration.beta2: Decay of the maximum.
    Adamax.Configuration.epsilon: Added to the gradient's size.
    Adamax.Configuration.learningRate: The step size.
    Adamax.Configuration.weightDecay: L2 penalty, added to the gradient.
    AdaptationTiming.learnsFromView: Whether the pass that is learned from sees an augmented view of the rows.
    AdaptationTiming.prediction: The moment of the answer.
    AdaptationTiming.steps: Updates per batch, at least 1.
    AdaptationTiming.unit: What is adapted to at once.
    AdaptiveWindowing.Configuration.bucketsPerSize: Buckets of one size.
    AdaptiveWindowing.Configuration.delta: Chance of a false alarm in a test, above 0 and below 1.
    AdaptiveWindowing.Configuration.interval: Values from one test to the next.
    AdaptiveWindowing.Configuration.keepsNewerPart: Whether the window goes on after a drift with what was not cut.
    AdaptiveWindowing.Configuration.shortestPart: Values that either part must have.
    AdaptiveWindowing.Configuration.warmup: Values before the first test.
    Automatic.Configuration.explainsByClasses: Whether classes that explain a difference are taken into account.
    Automatic.Configuration.followsOrder: Whether answers follow the order of the stream.
    Automatic.Configuration.forgetsAtOnce: Whether the window starts anew where the inputs change at once.
    Automatic.Configuration.guards: Whether the source answers where its answers are the surer ones.
    Automatic.Configuration.learns: Whether features are learned where that is safe.
    Automatic.Configuration.shrinks: Whether the source counts where chance explains the difference.
    AveragingConfiguration.Equal.start: Share of the epochs after which averaging starts, from 0 to below 1.
    AveragingConfiguration.Exponential.decay: Share of the average that each update keeps, from 0 to below 1.
    AveragingConfiguration.Exponential.per: Whether the average is updated after each update of the parameters, or after each epoch.
    BatchNormalization.Configuration.variance: Whether the variance of a batch is divided by n or n − 1.
    BayesianLearner.Configuration.alpha: Precision of the prior, above 0.
    BayesianLearner.Configuration.beta: Precision of the noise, above 0.
    BayesianLearner.Configuration.covarianceLimit: How many times its start the variance of a weight may reach, at least 1: reached only by smoothing without news.
    BayesianLearner.Configuration.intercept: Whether there is an intercept, with the prior of the weights.
    BayesianLearner.Configuration.scaler: How features are scaled.
    BayesianLearner.Configuration.smoothing: Weight of the past per row, above 0 and below 1; nil forgets nothing.
    BlendedNormalization.Configuration.variance: Whether the variance of a batch is divided by n or n − 1.
    BlendedNormalization.Configuration.weight: Weight of the batch, from 0 to 1.
    Brightness.amount: What is added, in the features' units; negative darkens.
    BrokenFeatures.columns: Numbers of the features that break, from 0; nil chooses at random.
    BrokenFeatures.count: Number of features that break; nil breaks `fraction` of them.
    BrokenFeatures.fraction: Share of the features that break, rounded to whole features, at least one unless it is 0; `count` and `columns` override it.
    BrokenFeatures.stuckAt: Where they are stuck.
    CORAL.Configuration.l2: The penalty on squared weights of that solution.
    CORAL.Configuration.minimumRows: Rows of the target below which the model answers as trained.
    CORAL.Configuration.refit: Whether the training rows are aligned and the model is solved anew; linear regressions only.
    CORAL.Configuration.ridge: λ: what is added to the variances of both domains.
    CORAL.Configuration.target: Which target rows the covariance is taken over.
    CategoryDrift.fraction: The share of the values that are drawn anew; nil for that of the severity.
    CategoryDrift.severity: From 1 to 5: 10, 20, 35, 50 and 70 % of the values.
    CategoryTimeliness.Configuration.ageWeight: λₜ: weight of the age, at least 0.
    CategoryTimeliness.Configuration.capacity: Rows that are kept at most, at least 1.
    CategoryTimeliness.Configuration.every: Rows of the stream between two steps, at least 1; they count whether they are kept or not.
    CategoryTimeliness.Configuration.uncertaintyWeight: λᵤ: weight of the entropy, at least 0.
    CertaintyDiversity.Configuration.momentum: Weight of the old average of predictions in the new one, from 0 to 1.
    CertaintyDiversity.Configuration.temperature: T, above 0.
    CollapseMonitor.Configuration.distance: The distance of the mean predictions, from 0 to 1, above which they differ.
    CollapseMonitor.Configuration.share: The share of ln C below which an entropy is low.
    CollapseMonitor.Configuration.window: Rows that are looked at together; whole batches, so there may be more.
    ColumnResamplingView.Configuration.probability: The probability of each input.
    ColumnSwaps.fraction: The share of the features that are in a pair, at least one pair unless it is 0; nil for that of the severity.
    ColumnSwaps.severity: From 1 to 5: 10, 20, 40, 60 and 100 % of the features are in a pair.
    Confidence.Configuration.threshold: The confidence that a row's must exceed; below 1.
    ConjugatePolyLoss.Configuration.epsilon: PolyLoss's ε of the source's training, at least 0; 0 for cross-entropy. Published: 6 on CIFAR-10, 8 on ImageNet.
    ConjugatePolyLoss.Configuration.temperature: Temperature that the logits are divided by, above 0.
    Contrast.factor: The factor c: 0 is plain gray, 1 changes nothing, more is stronger contrast.
    Corruption.name: Which one.
    CosineAnnealing.Configuration.minimum: The factor at the end.
    CosineAnnealing.Configuration.per: Whether the rate changes with each epoch or each step.
    CumulativeNormalization.Configuration.variance: Whether the variance of a batch is divided by n or n − 1.
    DIME.Configuration.batchSize: Rows of a batch.
    DIME.Configuration.costs: What inputs cost, by their names; 1 for one that is not named.
    DIME.Configuration.curve: The budgets of the curve of quality against the number of inputs, ascending.
    DIME.Configuration.decay: What the learning rate falls by.
    DIME.Configuration.dropout: Share of hidden units that are dropped while learning.
    DIME.Configuration.epochs: The most passes of answers and estimates.
    DIME.Configuration.exploration: Share of choices that are made at random at first.
    DIME.Configuration.explorationDecay: What that share falls by.
    DIME.Configuration.explorationSteps: Falls of that share after which learning ends.
    DIME.Configuration.hidden: Widths of the hidden layers.
    DIME.Configuration.learningRate: The learning rate of Adam.
    DIME.Configuration.patience: Epochs without improvement that are borne before the learning rate falls; two more lower the exploration.
    DIME.Configuration.predictorEpochs: The most passes of the answers alone.
    DIME.Configuration.scaling: How outputs become estimates; `bounded` for a classification only.
    DIME.Configuration.stop: When a row stops acquiring.
    DIME.Configuration.trainingInputs: The most inputs that a row acquires while estimates are learned.
    DataConfiguration.bootstrap: Whether each seed trains on rows drawn with replacement from the training part, as many as it has.
    DataConfiguration.encoding: How categories become numbers; fitted on the training part.
    DataConfiguration.heldOut: Labeled rows of the training part that no model is trained on; nil holds none out.
    DataConfiguration.image: The size of the images that the rows are; nil takes it from the file, where that says it.
    DataConfiguration.imputation: What missing values become; fitted on the training part.
    DataConfiguration.preprocessing: What happens to a row before it reaches the network; fitted on the training part.
    DataConfiguration.range: Lowest and highest value that a feature can have; shifts do not leave it. Nil for no bounds.
    DataConfiguration.scaleTargets: Whether a network predicts targets of mean 0 and deviation 1 in the training part, or targets in their own unit.
    DataConfiguration.source: The rows that are split into a training part and a test part.
    DataConfiguration.split: The split into training and test part; not looked at where `test` is given.
    DataConfiguration.task: What is predicted.
    DataConfiguration.test: The official test part: rows of their own, so that all rows of `source` train. Nil where `source` is split.
    DataSourceConfiguration.CSV.Pixels.height: Rows of pixels.
    DataSourceConfiguration.CSV.Pixels.range: The lowest and the highest value of a pixel.
    DataSourceConfiguration.CSV.Pixels.width: Columns of pixels.
    DataSourceConfiguration.CSV.categorical: Columns of categories; all others hold numbers.
    DataSourceConfiguration.CSV.columns: The names of all columns of a file without a header; nil calls them `column1`, `column2`, ….
    DataSourceConfiguration.CSV.decimalComma: Whether numbers have a comma before their decimals.
    DataSourceConfiguration.CSV.header: Whether the first line names the columns.
    DataSourceConfiguration.CSV.ignore: Columns that are not read.
    DataSourceConfiguration.CSV.missing: The cells that mean a missing value.
    DataSourceConfiguration.CSV.onError: What becomes of rows that cannot be used.
    DataSourceConfiguration.CSV.path: Path of the file, relative to the config file; a leading `$ATTUNE_DATA` is replaced by that variable.
    DataSourceConfiguration.CSV.pixels: The images that the rows are, where they have another size or scale than those of the training part; nil where they have not, or where the rows are no images.
    DataSourceConfiguration.CSV.separator: What stands between cells: one ASCII character, `tab`, or `space` for any run of blanks.
    DataSourceConfiguration.CSV.streaming: Whether the rows stay on the disk, for a file that may be larger than the memory; `attune train` only.
    DataSourceConfiguration.CSV.target: Name of the target column.
    DataSourceConfiguration.CSV.transforms: Functions that the numbers of some columns go through when they are read, the target's too.
    DataSourceConfiguration.CSV.trim: Whether blanks around cells are cut off.
    DataSourceConfiguration.CSV.where: Texts by column: only rows whose cells are among them are read.
    DataSourceConfiguration.IDX.classes: The names of the classes 0, 1, …; nil names them by their number, or as `data.source` does.
    DataSourceConfiguration.IDX.images: Path of the rows, relative to the config file.
    DataSourceConfiguration.IDX.labels: Path of the labels, relative to the config file.
    DataSourceConfiguration.LIBSVM.features: The number of features; nil takes the highest index of the file.
    DataSourceConfiguration.LIBSVM.path: Path of the file, relative to the config file.
    DataSourceConfiguration.NPY.features: Path of the features, `[n, d]`, relative to the config file.
    DataSourceConfiguration.NPY.targets: Path of the targets: class numbers or values, `[n]`.
    DataSourceConfiguration.NPZ.features: Name of the array of features, `[n, d]` or `[n, height, width]`.
    DataSourceConfiguration.NPZ.path: Path of the archive, relative to the config file.
    DataSourceConfiguration.NPZ.targets: Name of the array of targets: class numbers or values, `[n]`.
    DataSourceConfiguration.Text.File.label: The class of all its texts; nil where each line names it.
    DataSourceConfiguration.Text.File.path: Path of the file, relative to the config file.
    DataSourceConfiguration.Text.Vocabulary.minimumCount: Training texts that a word must occur in.
    DataSourceConfiguration.Text.Vocabulary.size: The most words.
    DataSourceConfiguration.Text.deduplicate: Whether a text that was there already is left out.
    DataSourceConfiguration.Text.encoding: How letters are coded.
    DataSourceConfiguration.Text.files: The files, read one after the other.
    DataSourceConfiguration.Text.format: What a line holds; nil where each file has a label.
    DataSourceConfiguration.Text.hashing: Columns of remainders of words' hashes; nil where there is a vocabulary.
    DataSourceConfiguration.Text.path: Path of the only file, relative to the config file; in the place of `files`.
    DataSourceConfiguration.Text.vocabulary: The words that become columns; nil stands for the defaults, or hashing.
    DataSourceConfiguration.Text.weighting: What a cell holds; nil is `binary`.
    Destruction.Configuration.share: The margin E₀ of the weights as a share of ln C.
    Destruction.Configuration.threshold: What `p_y` must lose more than.
    Destruction.Configuration.view: What destroys a row.
    Destruction.Configuration.weighted: Whether the rows that are left are weighted.
    DirichletChunks.concentration: The Dirichlet distribution's parameter (β, δ), above 0.
    DirichletChunks.minimumRows: Rows that every chunk has at least.
    DirichletSlots.concentration: The Dirichlet distribution's parameter (γ), above 0.
    DirichletSlots.slots: The number of slots; nil takes the number of classes, at most 100.
    Diversity.Configuration.cosine: The cosine d that keeps a row if its own is below; nil for 1.25/√C.
    Diversity.Configuration.momentum: Weight of q in its moving average, from 0 to 1.
    DomainConfiguration.data: Rows of the domain's own; nil for those of the scenario.
    DomainConfiguration.name: Name in tables.
    DomainConfiguration.shifts: The shifts, in the order in which they change the rows.
    DominantClass.ratio: How many times as frequent the dominant class is as each other one, at least 1; nil for infinity.
    DriftDetectionMethod.Configuration.drift: Deviations above the lowest rate that are a drift.
    DriftDetectionMethod.Configuration.warmup: Rows that are never compared.
    DriftDetectionMethod.Configuration.warning: Deviations above the lowest rate at which to warn.
    EarlyDriftDetectionMethod.Configuration.drift: The share of the largest distance below which it is a drift.
    EarlyDriftDetectionMethod.Configuration.warmup: Errors, and rows, before the first comparison.
    EarlyDriftDetectionMethod.Configuration.warning: The share of the largest distance below which to warn.
    EarlyStoppingConfiguration.minimumImprovement: The fall of the validation loss that counts as an improvement.
    EarlyStoppingConfiguration.patience: Epochs without improvement until training stops.
    EarlyStoppingConfiguration.restoreBest: Whether the model is that of the best epoch rather than the last.
    EncodingSettings.columns: The encoding of single columns, whatever the others have.
    EncodingSettings.dropFirst: Whether one-hot inputs leave the first level out, whose rows have zeros only.
    EncodingSettings.kind: How categories become numbers.
    EncodingSettings.levels: The levels of columns in their order; the other columns have those of the training part, sorted.
    EncodingSettings.unknown: What becomes of a category that the training part does not have.
    EntropyFloor.Configuration.asPublished: Whether the published code is followed in what it does by mistake.
    EntropyFloor.Configuration.momentum: Weight of the average in its move, from 0 to 1.
    EntropyFloor.Configuration.share: The floor as a share of ln C; 0.029 is 0.2 for 1000 classes.
    EntropyMargin.Configuration.opinion: Entropies of opinions, for the objective `come`; nil for those of the predictions.
    EntropyMargin.Configuration.share: The margin as a share of ln C, the entropy of a uniform prediction.
    EntropyMargin.Configuration.weighted: Whether the rows that are left weigh `exp(E₀ − H)` instead of 1.
    EntropyMartingaleMonitor.Configuration.limit: The size at which the bet stops growing, below 2: at 2 a single number could lose it all.
    EntropyMartingaleMonitor.Configuration.memory: Entropies that are remembered at most; later ones are compared with these.
    EntropyMartingaleMonitor.Configuration.rate: The length of the bet's first step; published: 1/(8√3).
    EntropyMartingaleMonitor.Configuration.reference: What the entropies are compared with.
    EntropyMartingaleMonitor.Configuration.significance: The probability α of an alarm, ever, where nothing has changed.
    EntropyMartingaleMonitor.Configuration.watched: Whose entropies are watched.
    EntropyMatching.Configuration.delay: Rows that are seen before anything is learned: learning starts with the batch that reaches this number.
    EntropyMatching.Configuration.limit: The size at which the bet stops growing, below 2: at 2 a single number could lose it all.
    EntropyMatching.Configuration.rate: The length γ of the bet's first step; published: 1/(8√3).
    EntropyMatching.Configuration.share: The margin E₀ as a share of ln C.
    EntropyMatching.Configuration.sourceBatch: Training rows per batch, where batch statistics are used.
    EntropyMatching.Configuration.sourceStatistics: The statistics of batch norm with which the training rows' entropies are computed: those that the recipe uses.
    EntropyMatching.Configuration.weighted: Whether rows whose entropy is not below E₀ are left out, and the others weigh `exp(E₀ − H)` instead of 1.
    EntropyObjective.Configuration.perClass: Whether it is divided by the number of classes, as NOTE's code does.
    EntropyObjective.Configuration.temperature: Temperature T, above 0.
    ExpectedFigure.inference: Name of the inference arm. Ordinary experiments only.
    ExpectedFigure.learner: Name of the learner. Online experiments only.
    ExpectedFigure.maximum: What the figure must not be above; nil for no bound.
    ExpectedFigure.metric: Name of the figure, such as `mae`, `accuracy` or `f1`; nil for the quality figure: the error or the RMSE.
    ExpectedFigure.minimum: What the figure must not be below; nil for no bound.
    ExpectedFigure.scenario: Name of the scenario. Ordinary experiments only.
    ExpectedFigure.source: Where the figure comes from, for the report; nil where nothing is said.
    ExpectedFigure.stream: Name of the stream. Online experiments only.
    ExpectedFigure.tolerance: How far from `value` the run's figure may be; 0 where it must be the same.
    ExpectedFigure.training: Name of the training arm; nil for the first. Ordinary experiments only.
    ExpectedFigure.value: The figure that is expected; nil where bounds are.
    """#
}
