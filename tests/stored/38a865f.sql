BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'grid');
INSERT INTO "studies" VALUES(2,'random');
INSERT INTO "studies" VALUES(3,'quasirandom');
INSERT INTO "studies" VALUES(4,'bayesian');
INSERT INTO "studies" VALUES(5,'several');
INSERT INTO "studies" VALUES(6,'conditional');
INSERT INTO "studies" VALUES(7,'killed');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MINIMIZE',2,0);
INSERT INTO "study_directions" VALUES(3,'MINIMIZE',3,0);
INSERT INTO "study_directions" VALUES(4,'MINIMIZE',4,0);
INSERT INTO "study_directions" VALUES(5,'MINIMIZE',5,0);
INSERT INTO "study_directions" VALUES(6,'MAXIMIZE',5,1);
INSERT INTO "study_directions" VALUES(7,'MINIMIZE',6,0);
INSERT INTO "study_directions" VALUES(8,'MINIMIZE',7,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_system_attributes" VALUES(1,1,'study:metric_names','["val_loss"]');
INSERT INTO "study_system_attributes" VALUES(3,1,'frameworm:planned','6');
INSERT INTO "study_system_attributes" VALUES(4,2,'study:metric_names','["val_loss"]');
INSERT INTO "study_system_attributes" VALUES(6,2,'frameworm:planned','8');
INSERT INTO "study_system_attributes" VALUES(7,3,'study:metric_names','["val_loss"]');
INSERT INTO "study_system_attributes" VALUES(9,3,'frameworm:planned','8');
INSERT INTO "study_system_attributes" VALUES(10,4,'study:metric_names','["val_loss"]');
INSERT INTO "study_system_attributes" VALUES(11,5,'study:metric_names','["val_loss", "accuracy"]');
INSERT INTO "study_system_attributes" VALUES(13,5,'frameworm:planned','6');
INSERT INTO "study_system_attributes" VALUES(14,6,'study:metric_names','["val_loss"]');
INSERT INTO "study_system_attributes" VALUES(16,6,'frameworm:planned','6');
INSERT INTO "study_system_attributes" VALUES(17,7,'study:metric_names','["val_loss"]');
INSERT INTO "study_system_attributes" VALUES(19,7,'frameworm:planned','4');
INSERT INTO "study_system_attributes" VALUES(20,7,'frameworm:driver:bbad623208d8','{"id": "bbad623208d8", "host": "vm/8c46398b-4326-45a1-8215-e1f733638fc3/4026531836", "pid": 5571, "started": "22765", "beat": 0}');
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'frameworm:space','{"training.lr": {"type": "real", "low": 0.01, "high": 0.1, "log": false, "step": null}, "model.dim": {"type": "integer", "low": 8, "high": 32, "log": false, "step": 1}}');
INSERT INTO "study_user_attributes" VALUES(2,1,'frameworm:strategy','{"name": "grid", "seed": 1, "axes": {"training.lr": [0.1, 0.01], "model.dim": [8.0, 16.0, 32.0]}}');
INSERT INTO "study_user_attributes" VALUES(3,1,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": []}');
INSERT INTO "study_user_attributes" VALUES(4,1,'frameworm:pruner','null');
INSERT INTO "study_user_attributes" VALUES(5,1,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(6,1,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(7,1,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(8,1,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(9,1,'frameworm:git_dirty','null');
INSERT INTO "study_user_attributes" VALUES(10,2,'frameworm:space','{"training.lr": {"type": "real", "low": 0.0001, "high": 0.1, "log": true, "step": null}, "model.dim": {"type": "integer", "low": 8, "high": 64, "log": false, "step": 1}}');
INSERT INTO "study_user_attributes" VALUES(11,2,'frameworm:strategy','{"name": "random", "seed": 2, "n_trials": 8}');
INSERT INTO "study_user_attributes" VALUES(12,2,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": []}');
INSERT INTO "study_user_attributes" VALUES(13,2,'frameworm:pruner','null');
INSERT INTO "study_user_attributes" VALUES(14,2,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(15,2,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(16,2,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(17,2,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(18,2,'frameworm:git_dirty','null');
INSERT INTO "study_user_attributes" VALUES(19,3,'frameworm:space','{"training.lr": {"type": "real", "low": 0.0001, "high": 0.1, "log": true, "step": null}, "model.dim": {"type": "integer", "low": 8, "high": 64, "log": false, "step": 1}}');
INSERT INTO "study_user_attributes" VALUES(20,3,'frameworm:strategy','{"name": "quasirandom", "seed": 3, "n_trials": 8}');
INSERT INTO "study_user_attributes" VALUES(21,3,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": []}');
INSERT INTO "study_user_attributes" VALUES(22,3,'frameworm:pruner','"median"');
INSERT INTO "study_user_attributes" VALUES(23,3,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(24,3,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(25,3,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(26,3,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(27,3,'frameworm:git_dirty','null');
INSERT INTO "study_user_attributes" VALUES(28,4,'frameworm:space','{"training.lr": {"type": "real", "low": 0.0001, "high": 0.1, "log": true, "step": null}, "model.dim": {"type": "integer", "low": 8, "high": 64, "log": false, "step": 1}}');
INSERT INTO "study_user_attributes" VALUES(29,4,'frameworm:strategy','{"name": "bayesian", "seed": 4, "n_trials": 8, "sampler": "tpe", "n_initial_points": 3}');
INSERT INTO "study_user_attributes" VALUES(30,4,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": []}');
INSERT INTO "study_user_attributes" VALUES(31,4,'frameworm:pruner','null');
INSERT INTO "study_user_attributes" VALUES(32,4,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(33,4,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(34,4,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(35,4,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(36,4,'frameworm:git_dirty','null');
INSERT INTO "study_user_attributes" VALUES(37,5,'frameworm:space','{"training.lr": {"type": "real", "low": 0.0001, "high": 0.1, "log": true, "step": null}, "model.dim": {"type": "integer", "low": 8, "high": 64, "log": false, "step": 1}}');
INSERT INTO "study_user_attributes" VALUES(38,5,'frameworm:strategy','{"name": "random", "seed": 5, "n_trials": 6}');
INSERT INTO "study_user_attributes" VALUES(39,5,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": [["accuracy", "max"]]}');
INSERT INTO "study_user_attributes" VALUES(40,5,'frameworm:pruner','null');
INSERT INTO "study_user_attributes" VALUES(41,5,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(42,5,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(43,5,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(44,5,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(45,5,'frameworm:git_dirty','null');
INSERT INTO "study_user_attributes" VALUES(46,6,'frameworm:space','{"training.optimizer": {"type": "categorical", "choices": ["sgd", "adam"]}, "training.lr": {"type": "real", "low": 0.1, "high": 0.2, "log": false, "step": null}, "training.momentum": {"type": "real", "low": 0.5, "high": 0.9, "log": false, "step": null, "when": [["training.optimizer", ["sgd"]]]}}');
INSERT INTO "study_user_attributes" VALUES(47,6,'frameworm:strategy','{"name": "grid", "seed": 6, "axes": {"training.optimizer": [0.0, 1.0], "training.lr": [0.1, 0.2], "training.momentum": [0.5, 0.9]}}');
INSERT INTO "study_user_attributes" VALUES(48,6,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": []}');
INSERT INTO "study_user_attributes" VALUES(49,6,'frameworm:pruner','null');
INSERT INTO "study_user_attributes" VALUES(50,6,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(51,6,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(52,6,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(53,6,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(54,6,'frameworm:git_dirty','null');
INSERT INTO "study_user_attributes" VALUES(55,7,'frameworm:space','{"training.lr": {"type": "real", "low": 0.0001, "high": 0.1, "log": true, "step": null}, "model.dim": {"type": "integer", "low": 8, "high": 64, "log": false, "step": 1}}');
INSERT INTO "study_user_attributes" VALUES(56,7,'frameworm:strategy','{"name": "random", "seed": 7, "n_trials": 4}');
INSERT INTO "study_user_attributes" VALUES(57,7,'frameworm:metric','{"name": "val_loss", "mode": "min", "further": []}');
INSERT INTO "study_user_attributes" VALUES(58,7,'frameworm:pruner','null');
INSERT INTO "study_user_attributes" VALUES(59,7,'frameworm:repeats','1');
INSERT INTO "study_user_attributes" VALUES(60,7,'frameworm:base_config','{"training": {"lr": 0.1, "optimizer": "sgd"}, "model": {"dim": 8}}');
INSERT INTO "study_user_attributes" VALUES(61,7,'frameworm:version','"0.1.0"');
INSERT INTO "study_user_attributes" VALUES(62,7,'frameworm:git_commit','null');
INSERT INTO "study_user_attributes" VALUES(63,7,'frameworm:git_dirty','null');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,1.0706,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,0.5706,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,4.03933333333333310921e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,2,1,1.125,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,2,2,0.625,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,2,3,4.58333333333333314829e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,3,1,1.03935,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,3,2,0.53935,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,3,3,3.72683333333333310921e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,4,1,1.1331,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,4,2,0.6331,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,4,3,4.66433333333333310921e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,7,1,1.03456358072368148626e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,7,2,5.34563580723681486261e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,7,3,3.67896914057014801091e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,8,1,1.01594430529595358692e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,8,2,5.15944305295953475898e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,8,3,3.49277638629286790727e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,9,1,1.01900530793740617951e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,9,2,5.19005307937406068496e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,9,3,3.52338641270739438837e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,10,1,1.01968489553525465396e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,10,2,5.19684895535254653964e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,10,3,3.53018228868587968793e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,11,1,1.01791169691253324813e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,11,2,5.1791169691253335916e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,11,3,3.5124503024586667399e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,15,1,1.07412071796653774136e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(29,15,2,5.74120717966537741361e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(30,15,3,4.07454051299871111702e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(31,16,1,1.01733774835992973883e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(32,16,2,5.17337748359929738839e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(33,16,3,3.50671081693263053669e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(34,17,1,1.02444072588987977745e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(35,17,2,5.24440725889879777454e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(36,17,3,3.57774059223213092284e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(37,18,1,1.03133694945669218689e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(38,18,2,5.31336949456692075877e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(39,18,3,3.64670282790025390706e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(40,19,1,1.03847423676063410624e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(41,19,2,5.38474236760634106246e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(42,19,3,3.71807570093967365565e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(43,20,1,1.02181291919071659535e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(44,20,2,5.21812919190716706374e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(45,20,3,3.55146252524049965693e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(46,21,1,1.01804990586982491151e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(47,21,2,5.18049905869824911519e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(48,21,3,3.51383239203158170838e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(49,22,1,1.06675897377190853632e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(50,23,1,1.03048968942007967974e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(51,23,2,5.30489689420079790771e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(52,23,3,3.63823022753413105601e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(53,24,1,1.02613380469986048559e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(54,24,2,5.26133804699860374576e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(55,24,3,3.59467138033193744917e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(56,25,1,1.05000572781811829514e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(57,25,2,5.50005727818118406169e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(58,25,3,3.83339061151451665487e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(59,26,1,1.01648380148100758724e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(60,26,2,5.16483801481007476219e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(61,26,3,3.49817134814340791049e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(62,27,1,1.01597055010480663561e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(63,27,2,5.15970550104806635616e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(64,27,3,0.34930388343814,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(65,29,1,1.01963723944625561657e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(66,29,2,5.19637239446255727592e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(67,29,3,0.352970572779589,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(68,30,1,1.07692315270975980112e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(69,30,2,5.76923152709759912148e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(70,30,3,4.10256486043093226978e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(71,31,1,1.02048376116677119718e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(72,31,2,5.20483761166771308204e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(73,31,3,3.53817094500104623033e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(74,32,1,1.02501049015014045195e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(75,32,2,5.25010490150140562981e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(76,32,3,3.583438234834738223e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(77,35,1,1.1611,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(78,35,2,0.6611,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(79,35,3,4.94433333333333280279e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(80,36,1,1.1611,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(81,36,2,0.6611,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(82,36,3,4.94433333333333280279e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(83,41,1,1.0233499350003383288e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(84,41,2,5.23349935000338439827e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(85,41,3,3.56683268333671699146e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(86,42,1,1.03710751957070734796e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(87,42,2,5.37107519570707236944e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(88,42,3,3.70440852904040607285e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(89,43,1,1.01571364920246032248e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(90,43,2,5.15713649202460322484e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(91,43,3,3.49046982535793692825e-01,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'model.dim',16.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 32}}');
INSERT INTO "trial_params" VALUES(2,1,'training.lr',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.1, "log": false}}');
INSERT INTO "trial_params" VALUES(3,2,'model.dim',8.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 32}}');
INSERT INTO "trial_params" VALUES(4,2,'training.lr',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.1, "log": false}}');
INSERT INTO "trial_params" VALUES(5,3,'model.dim',32.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 32}}');
INSERT INTO "trial_params" VALUES(6,3,'training.lr',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.1, "log": false}}');
INSERT INTO "trial_params" VALUES(7,4,'model.dim',8.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 32}}');
INSERT INTO "trial_params" VALUES(8,4,'training.lr',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.1, "log": false}}');
INSERT INTO "trial_params" VALUES(9,5,'model.dim',16.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 32}}');
INSERT INTO "trial_params" VALUES(10,5,'training.lr',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.1, "log": false}}');
INSERT INTO "trial_params" VALUES(11,6,'model.dim',32.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 32}}');
INSERT INTO "trial_params" VALUES(12,6,'training.lr',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.01, "high": 0.1, "log": false}}');
INSERT INTO "trial_params" VALUES(13,7,'model.dim',29.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(14,7,'training.lr',1.00988859958673683238e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(15,8,'model.dim',63.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(16,8,'training.lr',1.55669360157929077478e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(17,9,'model.dim',54.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(18,9,'training.lr',3.20633048043033122564e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(19,10,'model.dim',51.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(20,10,'training.lr',1.22205046723510013517e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(21,11,'model.dim',56.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(22,11,'training.lr',2.61392828422997696574e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(23,12,'model.dim',19.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(24,12,'training.lr',8.67371589413801213908e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(25,13,'model.dim',50.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(26,13,'training.lr',4.68515576673397132756e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(27,14,'model.dim',38.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(28,14,'training.lr',1.3017011174255842601e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(29,15,'model.dim',14.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(30,15,'training.lr',6.18858992209477543067e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(31,16,'model.dim',58.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(32,16,'training.lr',1.83226111145859941629e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(33,17,'model.dim',41.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(34,17,'training.lr',1.71050677294961976648e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(35,18,'model.dim',32.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(36,18,'training.lr',6.75330746235664651846e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(37,19,'model.dim',26.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(38,19,'training.lr',6.43653271439352525629e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(39,20,'model.dim',46.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(40,20,'training.lr',1.40996181998888792802e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(41,21,'model.dim',56.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(42,21,'training.lr',2.38839120093004945999e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(43,22,'model.dim',15.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(44,22,'training.lr',3.92341323613041030766e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(45,23,'training.lr',7.96323472177559721352e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(46,23,'model.dim',39.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(47,24,'training.lr',8.2804336179427451281e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(48,24,'model.dim',48.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(49,25,'training.lr',1.2393286050261279399e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(50,25,'model.dim',20.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(51,26,'training.lr',4.94272355223740315378e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(52,26,'model.dim',61.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(53,27,'training.lr',1.24057928947086688192e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(54,27,'model.dim',63.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(55,28,'training.lr',1.47498381948344726988e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(56,28,'model.dim',27.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(57,29,'model.dim',51.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(58,29,'training.lr',4.57816368738583109182e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(59,30,'model.dim',13.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(60,30,'training.lr',1.02752938121058543657e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(61,31,'model.dim',49.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(62,31,'training.lr',1.30529463034110594643e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(63,32,'model.dim',40.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(64,32,'training.lr',1.32388501262844498346e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(65,33,'model.dim',50.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(66,33,'training.lr',5.36436934170185925063e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(67,34,'model.dim',63.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(68,34,'training.lr',1.99997314610577054446e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(69,35,'training.lr',0.2,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(70,35,'training.momentum',0.9,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.5, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(71,35,'training.optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(72,36,'training.lr',0.2,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(73,36,'training.optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(74,37,'training.lr',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(75,37,'training.momentum',0.5,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.5, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(76,37,'training.optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(77,38,'training.lr',0.2,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(78,38,'training.momentum',0.5,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.5, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(79,38,'training.optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(80,39,'training.lr',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(81,39,'training.momentum',0.9,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.5, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(82,39,'training.optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(83,40,'training.lr',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(84,40,'training.optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(85,41,'model.dim',43.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(86,41,'training.lr',2.98399778901043191952e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(87,42,'model.dim',27.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(88,42,'training.lr',1.60461235735656192885e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(89,43,'model.dim',64.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(90,43,'training.lr',5.84629457086618801488e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(91,44,'model.dim',57.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(92,44,'training.lr',1.3890658486762294272e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'search_space','{"model.dim": [8, 16, 32], "training.lr": [0.1, 0.01]}');
INSERT INTO "trial_system_attributes" VALUES(2,1,'grid_id','0');
INSERT INTO "trial_system_attributes" VALUES(3,2,'search_space','{"model.dim": [8, 16, 32], "training.lr": [0.1, 0.01]}');
INSERT INTO "trial_system_attributes" VALUES(4,2,'grid_id','1');
INSERT INTO "trial_system_attributes" VALUES(5,3,'search_space','{"model.dim": [8, 16, 32], "training.lr": [0.1, 0.01]}');
INSERT INTO "trial_system_attributes" VALUES(6,3,'grid_id','2');
INSERT INTO "trial_system_attributes" VALUES(7,4,'search_space','{"model.dim": [8, 16, 32], "training.lr": [0.1, 0.01]}');
INSERT INTO "trial_system_attributes" VALUES(8,4,'grid_id','3');
INSERT INTO "trial_system_attributes" VALUES(9,5,'search_space','{"model.dim": [8, 16, 32], "training.lr": [0.1, 0.01]}');
INSERT INTO "trial_system_attributes" VALUES(10,5,'grid_id','4');
INSERT INTO "trial_system_attributes" VALUES(11,6,'search_space','{"model.dim": [8, 16, 32], "training.lr": [0.1, 0.01]}');
INSERT INTO "trial_system_attributes" VALUES(12,6,'grid_id','5');
INSERT INTO "trial_system_attributes" VALUES(13,1,'frameworm:claim','{"driver": "fd71c0afccb1", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(14,2,'frameworm:claim','{"driver": "fd71c0afccb1", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(15,3,'frameworm:claim','{"driver": "fd71c0afccb1", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(16,4,'frameworm:claim','{"driver": "fd71c0afccb1", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(17,5,'frameworm:claim','{"driver": null, "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(18,7,'frameworm:claim','{"driver": "869de0b66ee9", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(19,8,'frameworm:claim','{"driver": "869de0b66ee9", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(20,9,'frameworm:claim','{"driver": "869de0b66ee9", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(21,10,'frameworm:claim','{"driver": "869de0b66ee9", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(22,11,'frameworm:claim','{"driver": "869de0b66ee9", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(23,12,'frameworm:claim','{"driver": null, "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(24,15,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(25,16,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(26,17,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(27,18,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(28,19,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(29,20,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(30,21,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(31,22,'frameworm:claim','{"driver": "a0586be48902", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(32,23,'frameworm:claim','{"driver": "c4d9ca1bdc5c", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(33,24,'frameworm:claim','{"driver": "c4d9ca1bdc5c", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(34,25,'frameworm:claim','{"driver": "c4d9ca1bdc5c", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(35,26,'tpe:relative_params:0','"{\"model.dim\": 61, \"training.lr\": 0.0004942723552237403}"');
INSERT INTO "trial_system_attributes" VALUES(36,26,'frameworm:claim','{"driver": "c4d9ca1bdc5c", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(37,27,'tpe:relative_params:0','"{\"model.dim\": 63, \"training.lr\": 0.0001240579289470867}"');
INSERT INTO "trial_system_attributes" VALUES(38,27,'frameworm:claim','{"driver": "c4d9ca1bdc5c", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(39,28,'tpe:relative_params:0','"{\"model.dim\": 27, \"training.lr\": 0.00014749838194834473}"');
INSERT INTO "trial_system_attributes" VALUES(40,28,'frameworm:claim','{"driver": null, "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(41,29,'frameworm:claim','{"driver": "2c745fa162bf", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(42,30,'frameworm:claim','{"driver": "2c745fa162bf", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(43,31,'frameworm:claim','{"driver": "2c745fa162bf", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(44,32,'frameworm:claim','{"driver": "2c745fa162bf", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(45,33,'frameworm:claim','{"driver": null, "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(46,35,'frameworm:claim','{"driver": "14c3ccf0aba2", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(47,36,'frameworm:claim','{"driver": "14c3ccf0aba2", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(48,37,'frameworm:claim','{"driver": null, "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(49,41,'frameworm:claim','{"driver": "84405a767dda", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(50,42,'frameworm:claim','{"driver": "84405a767dda", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(51,43,'frameworm:claim','{"driver": "84405a767dda", "attempt": 0}');
INSERT INTO "trial_system_attributes" VALUES(52,44,'frameworm:claim','{"driver": "bbad623208d8", "attempt": 0}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'val_loss','0.0706');
INSERT INTO "trial_user_attributes" VALUES(2,1,'accuracy','0.9');
INSERT INTO "trial_user_attributes" VALUES(3,1,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(4,2,'val_loss','0.125');
INSERT INTO "trial_user_attributes" VALUES(5,2,'accuracy','0.99');
INSERT INTO "trial_user_attributes" VALUES(6,2,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(7,3,'frameworm:error','"ValueError: dim 32"');
INSERT INTO "trial_user_attributes" VALUES(8,3,'frameworm:traceback','"Traceback (most recent call last):\n  File \"/work/main/frameworm/search/objective.py\", line 99, in _run\n    return self._judge(self.train_fn(config))\n                       ^^^^^^^^^^^^^^^^^^^^^\n  File \"/tmp/compat/make.py\", line 28, in g\n    return f(config)\n           ^^^^^^^^^\n  File \"/tmp/compat/make.py\", line 10, in f\n    if config.model.dim == 32 and os.environ.get(\"FAIL\"): raise ValueError(\"dim 32\")\n                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^\nValueError: dim 32\n"');
INSERT INTO "trial_user_attributes" VALUES(9,3,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(10,4,'val_loss','0.1331');
INSERT INTO "trial_user_attributes" VALUES(11,4,'accuracy','0.9');
INSERT INTO "trial_user_attributes" VALUES(12,4,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(13,7,'val_loss','0.03456358072368149');
INSERT INTO "trial_user_attributes" VALUES(14,7,'accuracy','0.9989901114004133');
INSERT INTO "trial_user_attributes" VALUES(15,7,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(16,8,'val_loss','0.015944305295953483');
INSERT INTO "trial_user_attributes" VALUES(17,8,'accuracy','0.9984433063984207');
INSERT INTO "trial_user_attributes" VALUES(18,8,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(19,9,'val_loss','0.01900530793740611');
INSERT INTO "trial_user_attributes" VALUES(20,9,'accuracy','0.9679366951956967');
INSERT INTO "trial_user_attributes" VALUES(21,9,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(22,10,'val_loss','0.019684895535254668');
INSERT INTO "trial_user_attributes" VALUES(23,10,'accuracy','0.9987779495327649');
INSERT INTO "trial_user_attributes" VALUES(24,10,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(25,11,'val_loss','0.017911696912533356');
INSERT INTO "trial_user_attributes" VALUES(26,11,'accuracy','0.99738607171577');
INSERT INTO "trial_user_attributes" VALUES(27,11,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(28,15,'val_loss','0.07412071796653777');
INSERT INTO "trial_user_attributes" VALUES(29,15,'accuracy','0.9381141007790522');
INSERT INTO "trial_user_attributes" VALUES(30,15,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(31,16,'val_loss','0.017337748359929715');
INSERT INTO "trial_user_attributes" VALUES(32,16,'accuracy','0.9998167738888541');
INSERT INTO "trial_user_attributes" VALUES(33,16,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(34,17,'val_loss','0.024440725889879753');
INSERT INTO "trial_user_attributes" VALUES(35,17,'accuracy','0.9828949322705038');
INSERT INTO "trial_user_attributes" VALUES(36,17,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(37,18,'val_loss','0.0313369494566921');
INSERT INTO "trial_user_attributes" VALUES(38,18,'accuracy','0.9993246692537643');
INSERT INTO "trial_user_attributes" VALUES(39,18,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(40,19,'val_loss','0.03847423676063405');
INSERT INTO "trial_user_attributes" VALUES(41,19,'accuracy','0.9935634672856065');
INSERT INTO "trial_user_attributes" VALUES(42,19,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(43,20,'val_loss','0.021812919190716658');
INSERT INTO "trial_user_attributes" VALUES(44,20,'accuracy','0.9985900381800111');
INSERT INTO "trial_user_attributes" VALUES(45,20,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(46,21,'val_loss','0.018049905869824856');
INSERT INTO "trial_user_attributes" VALUES(47,21,'accuracy','0.9761160879906995');
INSERT INTO "trial_user_attributes" VALUES(48,21,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(49,22,'val_loss','1.0667589737719085');
INSERT INTO "trial_user_attributes" VALUES(50,22,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(51,23,'val_loss','0.03048968942007977');
INSERT INTO "trial_user_attributes" VALUES(52,23,'accuracy','0.920367652782244');
INSERT INTO "trial_user_attributes" VALUES(53,23,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(54,24,'val_loss','0.026133804699860423');
INSERT INTO "trial_user_attributes" VALUES(55,24,'accuracy','0.9171956638205725');
INSERT INTO "trial_user_attributes" VALUES(56,24,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(57,25,'val_loss','0.05000572781811838');
INSERT INTO "trial_user_attributes" VALUES(58,25,'accuracy','0.9876067139497388');
INSERT INTO "trial_user_attributes" VALUES(59,25,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(60,26,'val_loss','0.016483801481007483');
INSERT INTO "trial_user_attributes" VALUES(61,26,'accuracy','0.9995057276447763');
INSERT INTO "trial_user_attributes" VALUES(62,26,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(63,27,'val_loss','0.015970550104806663');
INSERT INTO "trial_user_attributes" VALUES(64,27,'accuracy','0.9998759420710529');
INSERT INTO "trial_user_attributes" VALUES(65,27,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(66,29,'val_loss','0.019637239446255682');
INSERT INTO "trial_user_attributes" VALUES(67,29,'accuracy','0.9954218363126142');
INSERT INTO "trial_user_attributes" VALUES(68,29,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(69,30,'val_loss','0.07692315270975991');
INSERT INTO "trial_user_attributes" VALUES(70,30,'accuracy','0.9897247061878941');
INSERT INTO "trial_user_attributes" VALUES(71,30,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(72,31,'val_loss','0.020483761166771294');
INSERT INTO "trial_user_attributes" VALUES(73,31,'accuracy','0.9986947053696589');
INSERT INTO "trial_user_attributes" VALUES(74,31,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(75,32,'val_loss','0.025010490150140535');
INSERT INTO "trial_user_attributes" VALUES(76,32,'accuracy','0.9867611498737155');
INSERT INTO "trial_user_attributes" VALUES(77,32,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(78,35,'val_loss','0.1611');
INSERT INTO "trial_user_attributes" VALUES(79,35,'accuracy','0.8');
INSERT INTO "trial_user_attributes" VALUES(80,35,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(81,36,'val_loss','0.1611');
INSERT INTO "trial_user_attributes" VALUES(82,36,'accuracy','0.8');
INSERT INTO "trial_user_attributes" VALUES(83,36,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(84,41,'val_loss','0.023349935000338398');
INSERT INTO "trial_user_attributes" VALUES(85,41,'accuracy','0.999701600221099');
INSERT INTO "trial_user_attributes" VALUES(86,41,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(87,42,'val_loss','0.037107519570707286');
INSERT INTO "trial_user_attributes" VALUES(88,42,'accuracy','0.9983953876426435');
INSERT INTO "trial_user_attributes" VALUES(89,42,'frameworm:worker','"vm:5560"');
INSERT INTO "trial_user_attributes" VALUES(90,43,'val_loss','0.01571364920246036');
INSERT INTO "trial_user_attributes" VALUES(91,43,'accuracy','0.9994153705429134');
INSERT INTO "trial_user_attributes" VALUES(92,43,'frameworm:worker','"vm:5560"');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,0.0706,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,0.125,'FINITE');
INSERT INTO "trial_values" VALUES(3,4,0,0.1331,'FINITE');
INSERT INTO "trial_values" VALUES(4,7,0,3.45635807236814932008e-02,'FINITE');
INSERT INTO "trial_values" VALUES(5,8,0,1.59443052959534828372e-02,'FINITE');
INSERT INTO "trial_values" VALUES(6,9,0,1.90053079374061101303e-02,'FINITE');
INSERT INTO "trial_values" VALUES(7,10,0,1.96848955352546678421e-02,'FINITE');
INSERT INTO "trial_values" VALUES(8,11,0,1.79116969125333556911e-02,'FINITE');
INSERT INTO "trial_values" VALUES(9,15,0,7.41207179665377691168e-02,'FINITE');
INSERT INTO "trial_values" VALUES(10,16,0,1.73377483599297145533e-02,'FINITE');
INSERT INTO "trial_values" VALUES(11,17,0,2.44407258898797531687e-02,'FINITE');
INSERT INTO "trial_values" VALUES(12,18,0,0.0313369494566921,'FINITE');
INSERT INTO "trial_values" VALUES(13,19,0,3.84742367606340507357e-02,'FINITE');
INSERT INTO "trial_values" VALUES(14,20,0,2.18129191907166578023e-02,'FINITE');
INSERT INTO "trial_values" VALUES(15,21,0,1.80499058698248560084e-02,'FINITE');
INSERT INTO "trial_values" VALUES(16,22,0,1.06675897377190853632e+00,'FINITE');
INSERT INTO "trial_values" VALUES(17,23,0,3.04896894200797699547e-02,'FINITE');
INSERT INTO "trial_values" VALUES(18,24,0,2.61338046998604231485e-02,'FINITE');
INSERT INTO "trial_values" VALUES(19,25,0,5.00057278181183784138e-02,'FINITE');
INSERT INTO "trial_values" VALUES(20,26,0,1.64838014810074831584e-02,'FINITE');
INSERT INTO "trial_values" VALUES(21,27,0,1.59705501048066633718e-02,'FINITE');
INSERT INTO "trial_values" VALUES(22,29,0,1.96372394462556824901e-02,'FINITE');
INSERT INTO "trial_values" VALUES(23,29,1,9.95421836312614161101e-01,'FINITE');
INSERT INTO "trial_values" VALUES(24,30,0,7.69231527097599121489e-02,'FINITE');
INSERT INTO "trial_values" VALUES(25,30,1,9.89724706187894098796e-01,'FINITE');
INSERT INTO "trial_values" VALUES(26,31,0,2.04837611667712943264e-02,'FINITE');
INSERT INTO "trial_values" VALUES(27,31,1,9.98694705369658874971e-01,'FINITE');
INSERT INTO "trial_values" VALUES(28,32,0,2.50104901501405352259e-02,'FINITE');
INSERT INTO "trial_values" VALUES(29,32,1,9.8676114987371554843e-01,'FINITE');
INSERT INTO "trial_values" VALUES(30,35,0,0.1611,'FINITE');
INSERT INTO "trial_values" VALUES(31,36,0,0.1611,'FINITE');
INSERT INTO "trial_values" VALUES(32,41,0,2.33499350003383981944e-02,'FINITE');
INSERT INTO "trial_values" VALUES(33,42,0,3.71075195707072855166e-02,'FINITE');
INSERT INTO "trial_values" VALUES(34,43,0,1.57136492024603606487e-02,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-25 02:16:27.275907','2026-11-25 02:16:27.278547');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-25 02:16:27.280701','2026-11-25 02:16:27.281577');
INSERT INTO "trials" VALUES(3,2,1,'FAIL','2026-11-25 02:16:27.282060','2026-11-25 02:16:27.283362');
INSERT INTO "trials" VALUES(4,3,1,'COMPLETE','2026-11-25 02:16:27.283783','2026-11-25 02:16:27.284509');
INSERT INTO "trials" VALUES(5,4,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(6,5,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(7,0,2,'COMPLETE','2026-11-25 02:16:27.306955','2026-11-25 02:16:27.308432');
INSERT INTO "trials" VALUES(8,1,2,'COMPLETE','2026-11-25 02:16:27.309022','2026-11-25 02:16:27.309737');
INSERT INTO "trials" VALUES(9,2,2,'COMPLETE','2026-11-25 02:16:27.310168','2026-11-25 02:16:27.310848');
INSERT INTO "trials" VALUES(10,3,2,'COMPLETE','2026-11-25 02:16:27.311247','2026-11-25 02:16:27.311895');
INSERT INTO "trials" VALUES(11,4,2,'COMPLETE','2026-11-25 02:16:27.312372','2026-11-25 02:16:27.312986');
INSERT INTO "trials" VALUES(12,5,2,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(13,6,2,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(14,7,2,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(15,0,3,'COMPLETE','2026-11-25 02:16:28.016463','2026-11-25 02:16:28.035015');
INSERT INTO "trials" VALUES(16,1,3,'COMPLETE','2026-11-25 02:16:28.037082','2026-11-25 02:16:28.045563');
INSERT INTO "trials" VALUES(17,2,3,'COMPLETE','2026-11-25 02:16:28.046031','2026-11-25 02:16:28.056524');
INSERT INTO "trials" VALUES(18,3,3,'COMPLETE','2026-11-25 02:16:28.057186','2026-11-25 02:16:28.066787');
INSERT INTO "trials" VALUES(19,4,3,'COMPLETE','2026-11-25 02:16:28.067366','2026-11-25 02:16:28.080468');
INSERT INTO "trials" VALUES(20,5,3,'COMPLETE','2026-11-25 02:16:28.080898','2026-11-25 02:16:28.089726');
INSERT INTO "trials" VALUES(21,6,3,'COMPLETE','2026-11-25 02:16:28.090191','2026-11-25 02:16:28.098300');
INSERT INTO "trials" VALUES(22,7,3,'PRUNED','2026-11-25 02:16:28.098768','2026-11-25 02:16:28.102015');
INSERT INTO "trials" VALUES(23,0,4,'COMPLETE','2026-11-25 02:16:28.137524','2026-11-25 02:16:28.139567');
INSERT INTO "trials" VALUES(24,1,4,'COMPLETE','2026-11-25 02:16:28.141949','2026-11-25 02:16:28.143061');
INSERT INTO "trials" VALUES(25,2,4,'COMPLETE','2026-11-25 02:16:28.145007','2026-11-25 02:16:28.146053');
INSERT INTO "trials" VALUES(26,3,4,'COMPLETE','2026-11-25 02:16:28.150463','2026-11-25 02:16:28.151644');
INSERT INTO "trials" VALUES(27,4,4,'COMPLETE','2026-11-25 02:16:28.155084','2026-11-25 02:16:28.156642');
INSERT INTO "trials" VALUES(28,5,4,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(29,0,5,'COMPLETE','2026-11-25 02:16:28.179839','2026-11-25 02:16:28.181184');
INSERT INTO "trials" VALUES(30,1,5,'COMPLETE','2026-11-25 02:16:28.182103','2026-11-25 02:16:28.184492');
INSERT INTO "trials" VALUES(31,2,5,'COMPLETE','2026-11-25 02:16:28.190058','2026-11-25 02:16:28.191441');
INSERT INTO "trials" VALUES(32,3,5,'COMPLETE','2026-11-25 02:16:28.192080','2026-11-25 02:16:28.192983');
INSERT INTO "trials" VALUES(33,4,5,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(34,5,5,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(35,0,6,'COMPLETE','2026-11-25 02:16:28.214483','2026-11-25 02:16:28.215935');
INSERT INTO "trials" VALUES(36,1,6,'COMPLETE','2026-11-25 02:16:28.216756','2026-11-25 02:16:28.219807');
INSERT INTO "trials" VALUES(37,2,6,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(38,3,6,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(39,4,6,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(40,5,6,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(41,0,7,'COMPLETE','2026-11-25 02:16:28.276640','2026-11-25 02:16:28.279235');
INSERT INTO "trials" VALUES(42,1,7,'COMPLETE','2026-11-25 02:16:28.280829','2026-11-25 02:16:28.286057');
INSERT INTO "trials" VALUES(43,2,7,'COMPLETE','2026-11-25 02:16:28.286957','2026-11-25 02:16:28.295337');
INSERT INTO "trials" VALUES(44,3,7,'RUNNING','2026-11-25 02:16:28.353156',NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
